//! What `evolve::cost` says of the way a table is altered is what a server does: it takes that way,
//! refuses every cheaper one, and keeps or replaces the table's file.

use std::collections::BTreeSet;

use diesel_autogen_database::{Scratch, Value};
use diesel_autogen_evolve::cost::{Means, mysql};
use diesel_autogen_evolve::script::{Action, Known, Statement, read};
use diesel_autogen_evolve::{Dialect, HazardCode, Plan, Target, decide, plan};
use diesel_autogen_schema::testing::random::{Pair, dressed_for_mysql};
use diesel_autogen_schema::{Algorithm, Flavour, Live, Locking, Schema};

use super::random::{clean, create, text};
use super::{made, server};
use crate::random::tally::{Tally, of_seed};
use crate::random::{asked, facts, reasons};

const TARGET: Target =
    Target { minimum: (10, 6, 0), flavour: Flavour::Mariadb, ..Target::new(Dialect::Mysql) };

/// What clauses are tried on: a table with rows and most of what one can have, without what stands
/// in the place of `MORE`.
const TABLE: &str = "CREATE TABLE parent (id BIGINT PRIMARY KEY);
CREATE TABLE t (
    id BIGINT NOT NULL PRIMARY KEY, parent_id BIGINT NULL, a INT NULL, n INT NOT NULL,
    u INT UNSIGNED NOT NULL, s VARCHAR(50) NULL, short VARCHAR(31) NULL, l VARCHAR(100) NULL,
    c CHAR(10) NULL, x TEXT NULL, m MEDIUMTEXT NULL, d DECIMAL(8,2) NULL, e ENUM('a','b') NULL,
    dt DATETIME(3) NULL, ts TIMESTAMP NULL, j JSON NULL, b TINYINT(1) NULL, bb BLOB NULL,
    vb VARBINARY(20) NULL, bi BINARY(5) NULL, f FLOAT NULL, ix VARCHAR(50) NULL,
    la VARCHAR(50) CHARACTER SET latin1 NULL, mb VARCHAR(50) CHARACTER SET utf8mb3 NULL,
    pt POINT NOT NULL DEFAULT POINT(1, 2),
    KEY ixk (ix), UNIQUE KEY nu (n), KEY ak (a) MORE
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
INSERT INTO parent VALUES (1), (2);
INSERT INTO t (id, parent_id, a, n, u, s, short, l, c, x, m, d, e, dt, ts, j, b, bb, vb, bi, f, ix, la, mb)
SELECT seq, 1, seq, seq, seq, 's', 's', 'l', 'c', 'x', 'm', 1, 'a', '2024-01-01', '2024-01-01', '{}', 1,
    'b', 'vb', 'bi', 1, seq, 'la', 'mb' FROM seq_1_to_50;";

const STORED: &str = ", g INT AS (a + 1) STORED";
const VIRTUAL: &str = ", g INT AS (a + 1) VIRTUAL";
const KEPT: &str = ", g INT AS (a + 1) VIRTUAL, KEY q (g)";
const WORDS: &str = ", FULLTEXT KEY words (x)";
const PLACE: &str = ", SPATIAL KEY place (pt)";
const CHECKED: &str = ", CONSTRAINT ck CHECK (a > 0)";
const TIED: &str = ", CONSTRAINT fk FOREIGN KEY (parent_id) REFERENCES parent (id)";

/// Clauses, each with what else the table has.
const CLAUSES: &[(&str, &str)] = &[
    ("ADD COLUMN z INT NULL", ""),
    ("ADD COLUMN z INT NULL FIRST", ""),
    ("ADD COLUMN z INT NULL AFTER a", ""),
    ("ADD COLUMN z INT NOT NULL DEFAULT 7", ""),
    ("ADD COLUMN z DATETIME DEFAULT CURRENT_TIMESTAMP", ""),
    ("ADD COLUMN z CHAR(36) DEFAULT (uuid())", ""),
    ("ADD COLUMN z INT DEFAULT (1+1)", ""),
    ("ADD COLUMN z VARCHAR(10) DEFAULT (upper('abc'))", ""),
    ("ADD COLUMN z DOUBLE DEFAULT (rand())", ""),
    ("ADD COLUMN z INT NOT NULL", ""),
    ("ADD COLUMN z INT DEFAULT (a+1)", ""),
    ("ADD COLUMN z BLOB DEFAULT 'x'", ""),
    ("ADD COLUMN z JSON NULL", ""),
    ("ADD COLUMN z POINT NULL", ""),
    ("ADD COLUMN z POINT NOT NULL", ""),
    ("ADD COLUMN z ENUM('a') NOT NULL", ""),
    ("ADD COLUMN z TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP", ""),
    ("ADD COLUMN z DATE DEFAULT CURRENT_DATE", ""),
    ("ADD COLUMN z DATE DEFAULT (CURRENT_DATE)", ""),
    ("ADD COLUMN z INT AS (a+1) VIRTUAL", ""),
    ("ADD COLUMN z INT AS (a+1) STORED", ""),
    ("ADD COLUMN z INT NULL, ADD COLUMN y INT AS (a+1) VIRTUAL", ""),
    ("ADD COLUMN z INT UNIQUE", ""),
    ("ADD COLUMN z INT, ADD INDEX zz (z)", ""),
    ("ADD COLUMN z INT AS (a+1) VIRTUAL, ADD INDEX zz (z)", ""),
    ("ADD COLUMN z INT CHECK (z > 0)", ""),
    ("ADD COLUMN z INT, ADD CONSTRAINT ck CHECK (z > 0)", ""),
    ("DROP COLUMN d", ""),
    ("DROP COLUMN ix", ""),
    ("DROP COLUMN a", ""),
    ("DROP COLUMN d, ADD COLUMN z INT", ""),
    ("RENAME COLUMN d TO z", ""),
    ("CHANGE COLUMN d z DECIMAL(8,2) NULL", ""),
    ("RENAME COLUMN ix TO z", ""),
    ("RENAME COLUMN j TO z", ""),
    ("CHANGE COLUMN d z DECIMAL(10,2) NULL", ""),
    ("MODIFY a BIGINT NULL", ""),
    ("MODIFY a INT UNSIGNED NULL", ""),
    ("MODIFY d DECIMAL(10,2) NULL", ""),
    ("MODIFY c VARCHAR(10) NULL", ""),
    ("MODIFY c CHAR(12) NULL", ""),
    ("MODIFY c CHAR(8) NULL", ""),
    ("MODIFY s TEXT NULL", ""),
    ("MODIFY x MEDIUMTEXT NULL", ""),
    ("MODIFY x VARCHAR(200) NULL", ""),
    ("MODIFY m TEXT NULL", ""),
    ("MODIFY ts TIMESTAMP(3) NULL", ""),
    ("MODIFY dt DATETIME(6) NULL", ""),
    ("MODIFY dt DATETIME NULL", ""),
    ("MODIFY s VARCHAR(40) NULL", ""),
    ("MODIFY s VARCHAR(60) NULL", ""),
    ("MODIFY s VARCHAR(63) NULL", ""),
    ("MODIFY s VARCHAR(64) NULL", ""),
    ("MODIFY s VARCHAR(50) NULL", ""),
    ("MODIFY l VARCHAR(200) NULL", ""),
    ("MODIFY l VARCHAR(90) NULL", ""),
    ("MODIFY la VARCHAR(200) CHARACTER SET latin1 NULL", ""),
    ("MODIFY la VARCHAR(300) CHARACTER SET latin1 NULL", ""),
    ("MODIFY la VARCHAR(50) CHARACTER SET utf8mb4 NULL", ""),
    ("MODIFY mb VARCHAR(50) CHARACTER SET utf8mb4 NULL", ""),
    ("MODIFY mb VARCHAR(50) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci NULL", ""),
    ("MODIFY mb VARCHAR(85) CHARACTER SET utf8mb3 NULL", ""),
    ("MODIFY mb VARCHAR(86) CHARACTER SET utf8mb3 NULL", ""),
    ("MODIFY vb VARBINARY(30) NULL", ""),
    ("MODIFY vb VARBINARY(300) NULL", ""),
    ("MODIFY bi BINARY(6) NULL", ""),
    ("MODIFY ix VARCHAR(60) NULL", ""),
    ("MODIFY a INT NOT NULL", ""),
    ("MODIFY d DECIMAL(8,2) NOT NULL", ""),
    ("MODIFY n INT NULL", ""),
    ("MODIFY n INT NOT NULL DEFAULT 3", ""),
    ("MODIFY n INT NOT NULL COMMENT 'c'", ""),
    ("MODIFY dt DATETIME(3) NULL ON UPDATE CURRENT_TIMESTAMP(3)", ""),
    ("MODIFY dt TIMESTAMP(3) NULL", ""),
    ("MODIFY b TINYINT NULL", ""),
    ("MODIFY b SMALLINT NULL", ""),
    ("MODIFY f DOUBLE NULL", ""),
    ("MODIFY j LONGTEXT NULL", ""),
    ("MODIFY j TEXT NULL", ""),
    ("MODIFY bb MEDIUMBLOB NULL", ""),
    ("MODIFY e ENUM('a','b','c') NULL", ""),
    ("MODIFY e ENUM('z','a','b') NULL", ""),
    ("MODIFY e ENUM('b','a') NULL", ""),
    ("MODIFY e ENUM('a') NULL", ""),
    ("MODIFY e ENUM('a','b') CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL", ""),
    ("MODIFY e ENUM('a','b','c') CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL", ""),
    ("MODIFY a INT NULL AFTER n", ""),
    ("MODIFY s VARCHAR(50) COLLATE utf8mb4_bin NULL", ""),
    ("MODIFY ix VARCHAR(50) COLLATE utf8mb4_bin NULL", ""),
    ("MODIFY c CHAR(10) COLLATE utf8mb4_bin NULL", ""),
    ("MODIFY x TEXT COLLATE utf8mb4_bin NULL", ""),
    ("MODIFY s VARCHAR(60) COLLATE utf8mb4_bin NULL", ""),
    ("MODIFY s VARCHAR(50) COLLATE utf8mb4_bin NOT NULL", ""),
    ("MODIFY a INT NULL, MODIFY d DECIMAL(8,2) NOT NULL", ""),
    ("ALTER COLUMN a SET DEFAULT 4", ""),
    ("ALTER COLUMN a DROP DEFAULT", ""),
    ("ADD INDEX q (s)", ""),
    ("ADD INDEX q (x(10))", ""),
    ("ADD INDEX q (s DESC)", ""),
    ("ADD UNIQUE q (u)", ""),
    ("DROP INDEX ixk", ""),
    ("DROP INDEX nu", ""),
    ("DROP INDEX ixk, ADD INDEX ixk (s)", ""),
    ("RENAME INDEX ixk TO q", ""),
    ("ADD FULLTEXT INDEX q (x)", ""),
    ("DROP PRIMARY KEY", ""),
    ("DROP PRIMARY KEY, ADD PRIMARY KEY (n)", ""),
    ("DROP PRIMARY KEY, ADD PRIMARY KEY (id, n)", ""),
    ("MODIFY id BIGINT NOT NULL AUTO_INCREMENT", ""),
    ("ADD COLUMN z INT NOT NULL AUTO_INCREMENT, ADD UNIQUE zz (z)", ""),
    ("ADD CONSTRAINT fk FOREIGN KEY (parent_id) REFERENCES parent (id)", ""),
    (
        "ADD INDEX fk (parent_id), ADD CONSTRAINT fk FOREIGN KEY (parent_id) REFERENCES parent (id)",
        "",
    ),
    ("ADD CONSTRAINT ck CHECK (a > 0)", ""),
    ("ROW_FORMAT = COMPACT", ""),
    ("ENGINE = InnoDB", ""),
    ("CONVERT TO CHARACTER SET latin1", ""),
    ("CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin", ""),
    ("DEFAULT CHARACTER SET latin1", ""),
    ("DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin", ""),
    ("AUTO_INCREMENT = 1000", ""),
    ("COMMENT = 'c'", ""),
    ("DROP COLUMN d, ADD INDEX q (s)", ""),
    ("MODIFY a BIGINT NULL, ADD INDEX q (s)", ""),
    ("MODIFY a INT NOT NULL, ADD INDEX q (s)", ""),
    ("ADD COLUMN z INT NULL", STORED),
    ("ADD COLUMN z INT NULL AFTER a", STORED),
    ("DROP COLUMN d", STORED),
    ("DROP COLUMN d, ADD COLUMN z INT", STORED),
    ("RENAME COLUMN d TO z", STORED),
    ("RENAME COLUMN a TO z", STORED),
    ("MODIFY d DECIMAL(8,2) NOT NULL", STORED),
    ("MODIFY a INT NOT NULL", STORED),
    ("MODIFY s VARCHAR(60) NULL", STORED),
    ("MODIFY s VARCHAR(60) NULL", ", g VARCHAR(50) AS (s) STORED"),
    ("MODIFY s VARCHAR(50) COLLATE utf8mb4_bin NULL", STORED),
    ("MODIFY e ENUM('a','b','c') NULL", STORED),
    ("MODIFY a INT NULL DEFAULT 8", STORED),
    ("MODIFY g INT AS (a+2) STORED", STORED),
    ("MODIFY g INT AS (a+1) STORED COMMENT 'x'", STORED),
    ("MODIFY g INT NULL", STORED),
    ("DROP COLUMN g", STORED),
    ("DROP COLUMN g, ADD COLUMN g INT AS (a+2) STORED", STORED),
    ("ADD INDEX q (s)", STORED),
    ("ADD INDEX q (g)", STORED),
    ("DROP INDEX ixk", STORED),
    ("DROP INDEX q", ", g INT AS (a+1) STORED, KEY q (g)"),
    ("DROP PRIMARY KEY, ADD PRIMARY KEY (n)", STORED),
    ("ROW_FORMAT = COMPACT", STORED),
    ("COMMENT = 'c'", STORED),
    ("ADD COLUMN z INT NULL", VIRTUAL),
    ("ADD COLUMN z INT NULL AFTER a", VIRTUAL),
    ("ADD COLUMN z INT NOT NULL DEFAULT 3", VIRTUAL),
    ("ADD COLUMN y INT AS (a+1) VIRTUAL", VIRTUAL),
    ("DROP COLUMN d", VIRTUAL),
    ("DROP COLUMN d, ADD COLUMN z INT", VIRTUAL),
    ("RENAME COLUMN d TO z", VIRTUAL),
    ("RENAME COLUMN a TO z", VIRTUAL),
    ("CHANGE COLUMN a z INT NULL", VIRTUAL),
    ("MODIFY d DECIMAL(8,2) NOT NULL", VIRTUAL),
    ("MODIFY a INT NOT NULL", VIRTUAL),
    ("MODIFY s VARCHAR(60) NULL", VIRTUAL),
    ("MODIFY s VARCHAR(60) NULL", ", g VARCHAR(50) AS (s) VIRTUAL"),
    ("MODIFY s VARCHAR(50) COLLATE utf8mb4_bin NULL", VIRTUAL),
    ("MODIFY s VARCHAR(50) COLLATE utf8mb4_bin NULL", ", g VARCHAR(50) AS (s) VIRTUAL"),
    ("MODIFY e ENUM('a','b','c') NULL", VIRTUAL),
    ("MODIFY a INT NULL DEFAULT 8", VIRTUAL),
    ("MODIFY g INT AS (a+2) VIRTUAL", VIRTUAL),
    ("MODIFY g BIGINT AS (a+1) VIRTUAL", VIRTUAL),
    ("MODIFY g INT AS (a+1) VIRTUAL COMMENT 'x'", VIRTUAL),
    ("MODIFY g INT AS (a+2) VIRTUAL", KEPT),
    ("DROP COLUMN g", VIRTUAL),
    ("DROP COLUMN g, ADD COLUMN g INT AS (a+2) VIRTUAL", VIRTUAL),
    ("DROP COLUMN g, ADD COLUMN g INT AS (a+1) STORED", VIRTUAL),
    ("DROP COLUMN g, DROP COLUMN d", VIRTUAL),
    ("ADD INDEX q (s)", VIRTUAL),
    ("ADD INDEX q (g)", VIRTUAL),
    ("ADD INDEX q (s), ADD COLUMN y INT AS (a+1) VIRTUAL", VIRTUAL),
    ("DROP INDEX ixk", VIRTUAL),
    ("DROP INDEX q", KEPT),
    ("DROP PRIMARY KEY, ADD PRIMARY KEY (n)", VIRTUAL),
    ("ROW_FORMAT = COMPACT", VIRTUAL),
    ("DROP COLUMN d", KEPT),
    ("ADD COLUMN z INT NULL", KEPT),
    ("ADD INDEX q2 (s)", KEPT),
    ("MODIFY a INT NOT NULL", KEPT),
    ("ADD COLUMN z INT NULL", WORDS),
    ("ADD COLUMN z INT NULL AFTER a", WORDS),
    ("DROP COLUMN d", WORDS),
    ("MODIFY a INT NOT NULL", WORDS),
    ("ADD INDEX q (s)", WORDS),
    ("ADD FULLTEXT INDEX q (m)", WORDS),
    ("DROP INDEX words", WORDS),
    ("DROP PRIMARY KEY, ADD PRIMARY KEY (n)", WORDS),
    ("ADD COLUMN z INT, ADD INDEX zz (z)", WORDS),
    ("ADD FULLTEXT INDEX q (x), ADD FULLTEXT INDEX r (m)", ""),
    ("DROP CONSTRAINT ck", CHECKED),
    ("DROP CONSTRAINT ck, ADD CONSTRAINT ck CHECK (a > 0)", CHECKED),
    ("DROP COLUMN d", CHECKED),
    ("MODIFY a INT NOT NULL", CHECKED),
    ("ADD COLUMN z INT", CHECKED),
    ("RENAME COLUMN a TO z", CHECKED),
    ("DROP FOREIGN KEY fk", TIED),
    ("DROP FOREIGN KEY fk, ADD INDEX q (s)", TIED),
    ("DROP FOREIGN KEY fk, DROP INDEX fk", TIED),
    ("DROP FOREIGN KEY fk, DROP COLUMN parent_id", TIED),
    ("RENAME COLUMN parent_id TO z", TIED),
    ("MODIFY d DECIMAL(8,2) NOT NULL", TIED),
    ("MODIFY parent_id BIGINT NOT NULL", TIED),
    ("DROP PRIMARY KEY, DROP COLUMN id", ""),
    ("DROP COLUMN id, ADD COLUMN z BIGINT NOT NULL PRIMARY KEY AUTO_INCREMENT", ""),
    ("DROP INDEX nu, DROP PRIMARY KEY", ""),
    ("MODIFY e ENUM('a','b','c') NOT NULL", ""),
    ("MODIFY la VARCHAR(50) CHARACTER SET latin1 COLLATE latin1_bin NULL", ""),
    ("MODIFY id BIGINT NOT NULL COMMENT 'x'", ""),
    ("CHANGE COLUMN a z INT NOT NULL", ""),
    ("ADD COLUMN z INT, MODIFY a INT NOT NULL", ""),
    ("ADD COLUMN z INT, DROP COLUMN d, MODIFY s VARCHAR(60) NULL", ""),
    ("MODIFY s VARCHAR(60) NULL, ADD INDEX q (d)", ""),
    ("MODIFY s VARCHAR(50) COLLATE utf8mb4_bin NULL, ADD INDEX q (s)", ""),
    ("RENAME COLUMN d TO z, ADD INDEX q (s)", ""),
    ("RENAME COLUMN d TO z, DROP INDEX ixk", ""),
    ("ADD COLUMN z INT, DROP INDEX ixk", ""),
    ("ADD COLUMN z INT, DROP CONSTRAINT ck", CHECKED),
    ("ADD COLUMN z INT, COMMENT = 'x'", ""),
    ("MODIFY j LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL", ""),
    ("MODIFY j JSON NOT NULL", ""),
    ("MODIFY j JSON NULL DEFAULT '{}'", ""),
    ("MODIFY b BOOLEAN NULL DEFAULT 1", ""),
    ("MODIFY x TEXT NOT NULL", ""),
    ("DROP INDEX ixk, ADD UNIQUE ixk (ix)", ""),
    ("DROP INDEX ixk, DROP COLUMN ix", ""),
    ("MODIFY id INT NOT NULL", ", k INT"),
    ("MODIFY d DECIMAL(8,2) NOT NULL DEFAULT 0", ""),
    ("MODIFY id BIGINT NOT NULL COMMENT 'q', ADD COLUMN z INT DEFAULT (a+1)", ""),
    ("MODIFY c VARCHAR(10) CHARACTER SET utf8mb4 NOT NULL", ""),
    ("MODIFY dt DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)", ""),
    ("MODIFY s VARCHAR(60) NOT NULL", ""),
    ("MODIFY mb VARCHAR(50) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci NULL", ""),
    ("MODIFY x2 TEXT CHARACTER SET utf8mb4 NULL", ", x2 TEXT CHARACTER SET utf8mb3"),
    ("MODIFY x2 VARCHAR(70) CHARACTER SET utf8mb4 NULL", ", x2 VARCHAR(70) CHARACTER SET utf8mb3"),
    ("MODIFY x2 VARCHAR(20) CHARACTER SET latin1 NULL", ", x2 VARCHAR(20) CHARACTER SET ascii"),
    ("MODIFY x2 VARCHAR(20) CHARACTER SET utf8mb4 NULL", ", x2 VARCHAR(20) CHARACTER SET ascii"),
    ("MODIFY x2 CHAR(20) CHARACTER SET utf8mb4 NULL", ", x2 CHAR(20) CHARACTER SET utf8mb3"),
    (
        "MODIFY x2 VARCHAR(20) CHARACTER SET utf8mb4 NULL",
        ", x2 VARCHAR(20) CHARACTER SET utf8mb3, KEY x2k (x2)",
    ),
    ("DROP COLUMN n", ", KEY nn (n, a)"),
    ("MODIFY id BIGINT NOT NULL, MODIFY d DECIMAL(8,2) NOT NULL", ", f2 INT, FULLTEXT KEY ft (x)"),
    ("ADD COLUMN z BIGINT DEFAULT (uuid_short())", ""),
    ("ADD COLUMN z VARCHAR(36) DEFAULT (sys_guid())", ""),
    ("ADD COLUMN z BIGINT DEFAULT (connection_id())", ""),
    ("ADD COLUMN z DATETIME(6) DEFAULT (now(6) + INTERVAL 1 DAY)", ""),
    ("ADD COLUMN z INT, ADD COLUMN y INT", VIRTUAL),
    ("ADD COLUMN z INT, ADD COLUMN y INT AS (a+1) VIRTUAL", VIRTUAL),
    ("DROP COLUMN g, ADD COLUMN z INT", VIRTUAL),
    ("DROP COLUMN d, ADD COLUMN y INT AS (a+1) VIRTUAL", ""),
    ("DROP COLUMN g, MODIFY s VARCHAR(60) NULL", VIRTUAL),
    ("ADD COLUMN y INT AS (a+1) VIRTUAL, MODIFY s VARCHAR(60) NULL", ""),
    ("ADD COLUMN y INT AS (a+1) VIRTUAL, MODIFY d DECIMAL(8,2) NOT NULL", ""),
    ("ADD COLUMN y INT AS (a+1) VIRTUAL, ALTER COLUMN a SET DEFAULT 4", ""),
    ("ADD COLUMN y INT AS (a+1) VIRTUAL, RENAME COLUMN d TO z", ""),
    ("DROP COLUMN g, RENAME COLUMN d TO z", VIRTUAL),
    ("DROP COLUMN g, ADD INDEX q (s)", VIRTUAL),
    ("DROP COLUMN g", KEPT),
    ("DROP COLUMN g, DROP INDEX q", KEPT),
    ("DROP COLUMN g, ADD COLUMN g BIGINT AS (a+1) VIRTUAL", VIRTUAL),
    ("DROP COLUMN g, MODIFY d DECIMAL(8,2) NOT NULL", VIRTUAL),
    ("DROP COLUMN g, DROP COLUMN d", STORED),
    ("DROP COLUMN g, ADD COLUMN z INT", STORED),
    ("DROP COLUMN g, MODIFY a INT NOT NULL", STORED),
    ("RENAME COLUMN d TO z, MODIFY s VARCHAR(60) NULL", VIRTUAL),
    ("DROP COLUMN d, MODIFY a INT NOT NULL", VIRTUAL),
    ("ADD COLUMN z INT, MODIFY a INT NOT NULL", VIRTUAL),
    ("DROP COLUMN ix", VIRTUAL),
    ("ADD COLUMN z INT, ADD INDEX zz (z)", VIRTUAL),
    ("MODIFY s VARCHAR(60) NULL", KEPT),
    ("RENAME COLUMN d TO z", KEPT),
    ("RENAME COLUMN a TO z", KEPT),
    ("RENAME COLUMN g TO z", KEPT),
    ("DROP PRIMARY KEY, ADD PRIMARY KEY (n)", KEPT),
    ("ROW_FORMAT=COMPACT", KEPT),
    ("MODIFY s VARCHAR(60) NULL", WORDS),
    ("MODIFY s VARCHAR(60) NULL", ", FULLTEXT KEY ft (s)"),
    ("RENAME COLUMN d TO z", WORDS),
    ("RENAME COLUMN x TO z", WORDS),
    ("MODIFY x TEXT COLLATE utf8mb4_bin NULL", WORDS),
    ("ROW_FORMAT=COMPACT", WORDS),
    ("DROP INDEX words, ADD COLUMN z INT", WORDS),
    ("DROP INDEX words, DROP COLUMN d", WORDS),
    ("DROP INDEX words, ADD FULLTEXT INDEX words (x, m)", WORDS),
    ("DROP COLUMN x", WORDS),
    ("ADD FULLTEXT INDEX q (x), ADD COLUMN z INT", ""),
    ("ADD FULLTEXT INDEX q (x), MODIFY d DECIMAL(8,2) NOT NULL", ""),
    ("ADD COLUMN z INT NULL", PLACE),
    ("ADD COLUMN z INT NULL AFTER a", PLACE),
    ("DROP COLUMN d", PLACE),
    ("MODIFY a INT NOT NULL", PLACE),
    ("ADD INDEX q (s)", PLACE),
    ("ADD SPATIAL INDEX q (pt2)", ", pt2 POINT NOT NULL DEFAULT POINT(1,1)"),
    ("ADD SPATIAL INDEX q (pt2), ADD COLUMN z INT", ", pt2 POINT NOT NULL DEFAULT POINT(1,1)"),
    ("DROP INDEX place", PLACE),
    ("DROP PRIMARY KEY, ADD PRIMARY KEY (n)", PLACE),
    ("ADD COLUMN z INT, DROP COLUMN d, ADD INDEX q (s)", ""),
    ("MODIFY s VARCHAR(20) CHARACTER SET utf8mb4 NULL", ", s31 VARCHAR(31) NULL"),
    ("MODIFY s31 VARCHAR(64) NULL", ", s31 VARCHAR(31) NULL"),
    ("MODIFY s32 VARCHAR(64) NULL", ", s32 VARCHAR(32) NULL"),
    ("MODIFY s31 VARCHAR(100) NULL", ", s31 VARCHAR(31) NULL, KEY k31 (s31)"),
    ("MODIFY vb2 VARBINARY(300) NULL", ", vb2 VARBINARY(200) NULL"),
    ("DROP PRIMARY KEY, DROP INDEX nu, ADD COLUMN z INT", ""),
    ("DROP PRIMARY KEY, ADD PRIMARY KEY (id DESC)", ""),
    ("MODIFY id BIGINT NOT NULL", ", zz INT"),
    ("ADD CONSTRAINT nu2 UNIQUE (u, n)", ""),
    (
        "DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin, MODIFY s VARCHAR(50) COLLATE utf8mb4_bin NULL, MODIFY x TEXT COLLATE utf8mb4_bin NULL",
        "",
    ),
    ("MODIFY e ENUM('a','b') CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci NULL", ""),
    ("ROW_FORMAT = DEFAULT", ""),
    ("ROW_FORMAT = REDUNDANT", ""),
    ("MODIFY l VARCHAR(100) NOT NULL DEFAULT 'x' COMMENT 'y'", ""),
    ("ADD COLUMN z INT AS (1) VIRTUAL, ADD CONSTRAINT ck CHECK (z > 0)", ""),
    ("PAGE_COMPRESSED = 1", ""),
    ("KEY_BLOCK_SIZE = 8", ""),
    ("STATS_PERSISTENT = 1", ""),
    ("DROP COLUMN g, DROP INDEX nu", VIRTUAL),
    ("ADD COLUMN y INT AS (a+1) VIRTUAL, ADD UNIQUE uu (u)", ""),
    ("ADD COLUMN y INT AS (a+1) VIRTUAL, ADD UNIQUE uu (y)", ""),
    ("ADD COLUMN y INT AS (a+1) VIRTUAL, COMMENT = 'x'", ""),
    ("ADD COLUMN y INT AS (a+1) VIRTUAL, DROP CONSTRAINT ck", CHECKED),
    ("ADD COLUMN y INT AS (a+1) VIRTUAL, DROP FOREIGN KEY fk", TIED),
    ("ADD COLUMN y INT AS (a+1) VIRTUAL, ROW_FORMAT=COMPACT", ""),
    ("ADD COLUMN y INT AS (a+1) VIRTUAL, DROP PRIMARY KEY, ADD PRIMARY KEY (n)", ""),
    ("DROP COLUMN d, ADD UNIQUE uu (u)", VIRTUAL),
    ("DROP COLUMN d, ADD INDEX uu (u)", VIRTUAL),
    ("DROP COLUMN d, MODIFY s VARCHAR(60) NULL", VIRTUAL),
    ("DROP COLUMN d, DROP INDEX nu", VIRTUAL),
    ("MODIFY d DECIMAL(8,2) NOT NULL", KEPT),
    ("MODIFY n INT NULL", KEPT),
    ("MODIFY n INT NULL", STORED),
    ("DROP COLUMN g, ADD COLUMN z INT, ADD INDEX zz (z)", STORED),
    ("MODIFY g INT AS (a+2) VIRTUAL, MODIFY s VARCHAR(60) NULL", VIRTUAL),
    ("MODIFY g INT AS (a+2) VIRTUAL, ADD COLUMN z INT", VIRTUAL),
    ("MODIFY g INT AS (a+2) VIRTUAL, MODIFY a INT NOT NULL", VIRTUAL),
    ("MODIFY nn BIGINT NOT NULL", ", nn BIGINT NOT NULL AUTO_INCREMENT, KEY nnk (nn)"),
    ("ADD COLUMN z INT, ADD FULLTEXT INDEX q (x)", ", FULLTEXT KEY ft (m)"),
    ("ADD COLUMN z TEXT, ADD FULLTEXT INDEX q (z)", ""),
    ("DROP COLUMN z1, ADD INDEX q (s)", ", z1 INT"),
    ("ADD COLUMN z INT, ADD UNIQUE zz (z)", ""),
    (
        "ADD SPATIAL INDEX q (pt2), ADD SPATIAL INDEX q2 (pt3)",
        ", pt2 POINT NOT NULL DEFAULT POINT(1,1), pt3 POINT NOT NULL DEFAULT POINT(1,1)",
    ),
    ("MODIFY pt2 POINT NULL", ", pt2 POINT NOT NULL DEFAULT POINT(1,1)"),
    ("MODIFY pt2 POINT NOT NULL", ", pt2 POINT NOT NULL DEFAULT POINT(1,1)"),
    ("DROP INDEX ixk, MODIFY ix VARCHAR(50) COLLATE utf8mb4_bin NULL", ""),
    ("DROP COLUMN u, ADD COLUMN u BIGINT NOT NULL", ""),
    ("CHANGE COLUMN a z INT NULL DEFAULT 5", ""),
    ("RENAME COLUMN a TO z, MODIFY d DECIMAL(8,2) NOT NULL", ""),
    ("ADD COLUMN z INT AS (a+1) VIRTUAL", ", KEY q (s)"),
    ("ADD COLUMN y INT AS (a+1) VIRTUAL", WORDS),
    ("DROP COLUMN g", ", g INT AS (a+1) VIRTUAL, FULLTEXT KEY ft (x)"),
    ("ADD COLUMN y INT AS (a+1) VIRTUAL", KEPT),
    ("DROP COLUMN g, ADD COLUMN g INT AS (a+2) VIRTUAL, DROP INDEX q, ADD INDEX q (g)", KEPT),
    (
        "ADD COLUMN z INT, DROP CONSTRAINT ck",
        ", CONSTRAINT ck CHECK (a > 0), g INT AS (a+1) VIRTUAL",
    ),
    ("DROP COLUMN d, DROP CONSTRAINT ck", ", CONSTRAINT ck CHECK (a > 0), g INT AS (a+1) VIRTUAL"),
    ("DROP COLUMN d, ADD CONSTRAINT fk2 UNIQUE (u,a)", ""),
    ("MODIFY e ENUM('a','b','c') NULL", ", KEY ee (e)"),
    ("DROP COLUMN d, MODIFY s VARCHAR(60) NULL", ""),
    ("ADD COLUMN z INT, MODIFY s VARCHAR(50) COLLATE utf8mb4_bin NULL", ""),
    ("ADD COLUMN z INT, MODIFY ix VARCHAR(50) COLLATE utf8mb4_bin NULL", ""),
    ("MODIFY x VARCHAR(50) NULL COLLATE utf8mb4_bin", ""),
    ("ADD COLUMN z INT NULL", ", g INT AS (a+1) VIRTUAL, FULLTEXT KEY ft (x)"),
    ("DROP COLUMN ix", WORDS),
    (
        "DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin, MODIFY s VARCHAR(50) COLLATE utf8mb4_bin NULL",
        "",
    ),
    (
        "DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin, MODIFY x TEXT COLLATE utf8mb4_bin NULL",
        "",
    ),
    ("MODIFY s VARCHAR(50) COLLATE utf8mb4_bin NULL, MODIFY x TEXT COLLATE utf8mb4_bin NULL", ""),
    ("DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin, ADD COLUMN z INT", ""),
    ("DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin, MODIFY s VARCHAR(60) NULL", ""),
    ("COMMENT = 'x', MODIFY s VARCHAR(50) COLLATE utf8mb4_bin NULL", ""),
    (
        "MODIFY name VARCHAR(40) COLLATE utf8mb4_bin NOT NULL",
        ", name VARCHAR(40) NOT NULL DEFAULT '', KEY names (name)",
    ),
];

/// A way and those that are cheaper by one step.
fn cheaper(means: Means) -> Vec<Means> {
    let at = Algorithm::ALL.iter().position(|it| *it == means.algorithm).unwrap_or(0);
    let algorithm = at.checked_sub(1).map(|at| Means { algorithm: Algorithm::ALL[at], ..means });
    let lock = match means.lock {
        Locking::None => None,
        Locking::Shared => Some(Locking::None),
        Locking::Exclusive => Some(Locking::Shared),
    };
    algorithm.into_iter().chain(lock.map(|lock| Means { lock, ..means })).collect()
}

/// How an `ALTER TABLE` fares that asks for a way.
enum Tried {
    Done,
    /// The server does not take that way.
    Refused,
    /// Something else is wrong.
    Failed(String),
}

fn try_way(scratch: &mut Scratch, sql: &str, means: Means) -> Tried {
    let Means { algorithm, lock } = means;
    let sql = format!("{sql}, ALGORITHM = {}, LOCK = {}", algorithm.name(), lock.name());
    match scratch.execute(&sql, false) {
        Ok(()) => Tried::Done,
        Err(error) if error.to_string().contains("is not supported") => Tried::Refused,
        Err(error) => Tried::Failed(error.to_string()),
    }
}

/// The number of the table's file, which is another one once the table was built anew.
fn file(scratch: &mut Scratch, table: &str) -> Option<Value> {
    let name = scratch.mysql().unwrap().name().to_owned();
    let sql = format!(
        "SELECT table_id FROM information_schema.innodb_sys_tables WHERE name = CONCAT('{name}/', '{table}')"
    );
    let rows = scratch.mysql().unwrap().rows(&sql).unwrap();
    rows.into_iter().flatten().next()
}

/// What is wrong with what is told of a statement; it has been run behind that.
fn wrong(scratch: &mut Scratch, sql: &str, told: Means) -> Result<(), String> {
    for means in cheaper(told) {
        match try_way(scratch, sql, means) {
            Tried::Refused => {}
            Tried::Done => return Err(format!("{sql}\n  told {told:?}\n  done {means:?}")),
            Tried::Failed(why) => return Err(format!("{sql}\n  told {told:?}\n  cheaper: {why}")),
        }
    }
    match try_way(scratch, sql, told) {
        Tried::Done => Ok(()),
        Tried::Refused => Err(format!("{sql}\n  told {told:?}, which is refused")),
        Tried::Failed(why) => Err(format!("{sql}\n  told {told:?}, which fails: {why}")),
    }
}

#[test]
fn a_table_is_altered_in_the_way_that_is_told() {
    let Some(server) = server() else { return };
    let mut scratch = made(&server, "SELECT 1");
    let mut found = Vec::new();
    for (clauses, more) in CLAUSES {
        let before = TABLE.replace("MORE", more);
        let history = format!("DROP TABLE IF EXISTS t, parent; {before}");
        scratch.execute(&history, false).unwrap_or_else(|error| panic!("{more}: {error}"));
        let mut known = Known::nothing(Dialect::Mysql);
        read(&before, Dialect::Mysql).iter().for_each(|it| known.advance(&it.action));
        let sql = format!("ALTER TABLE t {clauses}");
        let told = told(&read(&sql, Dialect::Mysql)[0], &known).unwrap();
        let was = file(&mut scratch, "t");
        if let Err(what) = wrong(&mut scratch, &sql, told) {
            found.push(format!("{what}\n  beside {more}"));
            continue;
        }
        let anew = file(&mut scratch, "t") != was;
        if anew != (told.algorithm >= Algorithm::Inplace) {
            found.push(format!("{sql}\n  told {told:?}, built anew: {anew}"));
        }
    }
    assert!(found.is_empty(), "{} of {}\n{}", found.len(), CLAUSES.len(), found.join("\n"));
}

/// What is told of a statement that alters a table.
fn told(statement: &Statement, known: &Known) -> Option<Means> {
    let Action::AlterTable { table, clauses } = &statement.action else { return None };
    Some(mysql(table, clauses, known, Flavour::Mariadb))
}

/// Runs the way up of a plan statement by statement; each that alters a table with the ways that are
/// cheaper than what is told first, which the server refuses. What a step declares is what is told.
fn stepped(scratch: &mut Scratch, plan: &Plan, before: &Schema) -> Result<usize, String> {
    let mut known = Known::schema(before, Dialect::Mysql);
    let mut tried = 0;
    // Tables that the plan makes have no rows.
    let mut fresh: BTreeSet<String> = BTreeSet::new();
    for step in &plan.steps {
        let mut alone = false;
        for sql in &step.up {
            for statement in read(sql, Dialect::Mysql) {
                let means = told(&statement, &known).filter(|_| !statement.action.only_reopens());
                match &statement.action {
                    Action::CreateTable(it) => drop(fresh.insert(it.name.clone())),
                    Action::AlterTable { table, clauses: _ } if !fresh.contains(table) => {
                        alone |= means.is_some_and(Means::rewrites_alone);
                    }
                    _ => {}
                }
                known.advance(&statement.action);
                let Some(means) = means else {
                    if scratch.execute(&statement.text, false).is_err() {
                        return Ok(tried);
                    }
                    continue;
                };
                tried += 1;
                match wrong(scratch, &statement.text, means) {
                    Ok(()) => {}
                    // Rows of the pair do not fit.
                    Err(what) if what.contains("fails: ") => return Ok(tried),
                    Err(what) => return Err(what),
                }
            }
        }
        let declared = step.hazards.iter().any(|it| it.code == HazardCode::RewritesTable);
        if declared != alone {
            return Err(format!("{}: declared {declared}, told {alone}\n{:?}", step.why, step.up));
        }
    }
    Ok(tried)
}

/// Runs the plan of a random pair so.
fn altered(pair: &Pair, scratch: &mut Scratch, tally: &mut Tally) -> Result<(), String> {
    let Some(changes) = facts::laws(pair)? else { return Ok(()) };
    let history = create(&pair.before.tables)?;
    clean(scratch.mysql().ok_or("no MySQL")?).map_err(text)?;
    scratch.execute(&history, false).map_err(text)?;
    let live: Live = scratch.live().map_err(text)?;
    let allowed = reasons::everything(&pair.before);
    let Ok(plan) = plan(&changes, &TARGET, &live) else { return Ok(()) };
    if decide(&changes, Dialect::Mysql, &allowed).is_err() {
        return Ok(());
    }
    tally.pairs += 1;
    tally.rows += stepped(scratch, &plan, &live.schema)?;
    Ok(())
}

/// What the steps of random plans declare is what the server does.
#[test]
fn random_plans_alter_tables_in_the_way_that_is_told() {
    let Some(server) = server() else { return };
    let scratch = std::cell::RefCell::new(server.scratch().unwrap());
    let (cases, seed) = (asked("AUTOGEN_CASES", 100), asked("AUTOGEN_SEED", 20_261_126));
    let tally = of_seed(cases, seed, dressed_for_mysql, |pair, tally| {
        altered(pair, &mut scratch.borrow_mut(), tally)
    });
    let tally = tally.unwrap_or_else(|failure| panic!("{failure}"));
    assert!(tally.rows > 50 || cases < 100, "hardly anything was altered: {tally:?}");
}
