//! SQLite's C interface, as little of it as a scratch database needs. Diesel's connection lends
//! neither its handle, nor where a failing statement begins, nor a writable copy of a database.

use std::ffi::{CStr, c_char, c_int};
use std::ptr;

use libsqlite3_sys as ffi;

use crate::Value;

/// An open in-memory database.
pub(crate) struct Raw {
    db: *mut ffi::sqlite3,
}

// SAFETY: a connection may move between threads as long as one uses it at a time, which owning
// the only pointer to it ensures.
unsafe impl Send for Raw {}

/// A statement that failed and the engine's message.
pub(crate) struct Failed {
    pub(crate) statement: String,
    pub(crate) reason: String,
}

impl Raw {
    pub(crate) fn open() -> Result<Raw, String> {
        let mut db = ptr::null_mut();
        // SAFETY: the path ends with NUL and `db` is a place for the handle.
        let code = unsafe { ffi::sqlite3_open(c":memory:".as_ptr(), &mut db) };
        let raw = Raw { db };
        if code == ffi::SQLITE_OK { Ok(raw) } else { Err(raw.message()) }
    }

    /// A copy of the database in a connection of its own.
    pub(crate) fn copy(&self) -> Result<Raw, String> {
        let copy = Raw::open()?;
        let mut size = 0;
        // SAFETY: the handle is open; a null schema is `main`; `size` is a place for the length.
        let bytes = unsafe { ffi::sqlite3_serialize(self.db, ptr::null(), &mut size, 0) };
        if bytes.is_null() {
            return if size == 0 { Ok(copy) } else { Err("out of memory".to_owned()) };
        }
        let flags = ffi::SQLITE_DESERIALIZE_FREEONCLOSE | ffi::SQLITE_DESERIALIZE_RESIZEABLE;
        // SAFETY: `bytes` are `size` bytes of SQLite's own allocation; SQLite takes them over,
        // also when it fails.
        let code = unsafe {
            ffi::sqlite3_deserialize(copy.db, ptr::null(), bytes, size, size, flags as _)
        };
        if code == ffi::SQLITE_OK { Ok(copy) } else { Err(copy.message()) }
    }

    /// Whether no transaction is open.
    pub(crate) fn is_autocommit(&self) -> bool {
        // SAFETY: the handle is open.
        unsafe { ffi::sqlite3_get_autocommit(self.db) != 0 }
    }

    /// Runs every statement of `sql` as SQLite itself splits it.
    pub(crate) fn execute(&self, sql: &str) -> Result<(), Failed> {
        self.each(sql, |statement| {
            while statement.step()? {}
            Ok(())
        })
    }

    /// The rows of the last statement of `sql`.
    pub(crate) fn rows(&self, sql: &str) -> Result<Vec<Vec<Value>>, Failed> {
        let mut rows = Vec::new();
        self.each(sql, |statement| {
            rows.clear();
            while statement.step()? {
                rows.push(statement.row());
            }
            Ok(())
        })?;
        Ok(rows)
    }

    fn each(
        &self,
        sql: &str,
        mut run: impl FnMut(&Statement<'_>) -> Result<(), String>,
    ) -> Result<(), Failed> {
        let failed =
            |statement: &str, reason| Failed { statement: statement.trim().to_owned(), reason };
        if sql.contains('\0') {
            return Err(failed("", "the script contains a NUL character".to_owned()));
        }
        let mut rest = sql;
        while !rest.is_empty() {
            let (statement, used) = match self.prepare(rest) {
                Ok(prepared) => prepared,
                Err(reason) => return Err(failed(first_statement(rest), reason)),
            };
            let (text, tail) = rest.split_at(used);
            if let Some(statement) = statement {
                run(&statement).map_err(|reason| failed(text, reason))?;
            }
            rest = tail;
        }
        Ok(())
    }

    /// The first statement of `sql`, `None` when there are only comments, and its length.
    fn prepare(&self, sql: &str) -> Result<(Option<Statement<'_>>, usize), String> {
        let length = c_int::try_from(sql.len()).map_err(|_| "the script is too long".to_owned())?;
        let mut handle = ptr::null_mut();
        let mut tail: *const c_char = ptr::null();
        // SAFETY: `sql` is `length` readable bytes; `handle` and `tail` are places for results.
        let code = unsafe {
            ffi::sqlite3_prepare_v2(self.db, sql.as_ptr().cast(), length, &mut handle, &mut tail)
        };
        if code != ffi::SQLITE_OK {
            return Err(self.message());
        }
        // SAFETY: SQLite sets `tail` into `sql` or just past its end.
        let used = unsafe { tail.offset_from(sql.as_ptr().cast()) };
        let used = usize::try_from(used).unwrap_or(sql.len());
        let statement = (!handle.is_null()).then_some(Statement { raw: self, handle });
        Ok((statement, if used == 0 { sql.len() } else { used }))
    }

    fn message(&self) -> String {
        // SAFETY: SQLite returns a NUL-terminated string also for a null handle.
        let message = unsafe { CStr::from_ptr(ffi::sqlite3_errmsg(self.db)) };
        message.to_string_lossy().into_owned()
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        // SAFETY: the handle is open or null, and every statement borrows `self`.
        unsafe { ffi::sqlite3_close(self.db) };
    }
}

/// A prepared statement.
struct Statement<'a> {
    raw: &'a Raw,
    handle: *mut ffi::sqlite3_stmt,
}

impl Statement<'_> {
    /// Goes to the next row; false when there is none.
    fn step(&self) -> Result<bool, String> {
        // SAFETY: the handle is live.
        match unsafe { ffi::sqlite3_step(self.handle) } {
            ffi::SQLITE_ROW => Ok(true),
            ffi::SQLITE_DONE => Ok(false),
            _ => Err(self.raw.message()),
        }
    }

    fn row(&self) -> Vec<Value> {
        // SAFETY: the handle is live.
        let count = unsafe { ffi::sqlite3_column_count(self.handle) };
        (0..count).map(|column| self.value(column)).collect()
    }

    fn value(&self, column: c_int) -> Value {
        // SAFETY: the handle stands on a row and `column` is one of its columns.
        unsafe {
            match ffi::sqlite3_column_type(self.handle, column) {
                ffi::SQLITE_INTEGER => {
                    Value::Integer(ffi::sqlite3_column_int64(self.handle, column))
                }
                ffi::SQLITE_FLOAT => Value::Real(ffi::sqlite3_column_double(self.handle, column)),
                ffi::SQLITE_TEXT => {
                    let start = ffi::sqlite3_column_text(self.handle, column);
                    Value::Text(String::from_utf8_lossy(self.bytes(start, column)).into_owned())
                }
                ffi::SQLITE_BLOB => {
                    let start = ffi::sqlite3_column_blob(self.handle, column);
                    Value::Blob(self.bytes(start.cast(), column).to_vec())
                }
                _ => Value::Null,
            }
        }
    }

    /// # Safety
    /// `start` must be what SQLite just gave for this column of the current row.
    unsafe fn bytes(&self, start: *const u8, column: c_int) -> &[u8] {
        if start.is_null() {
            return &[];
        }
        // SAFETY: SQLite keeps as many bytes at `start` until the statement moves on.
        unsafe {
            let length = ffi::sqlite3_column_bytes(self.handle, column);
            std::slice::from_raw_parts(start, usize::try_from(length).unwrap_or(0))
        }
    }
}

impl Drop for Statement<'_> {
    fn drop(&mut self) {
        // SAFETY: the handle is live and not used again.
        unsafe { ffi::sqlite3_finalize(self.handle) };
    }
}

/// The text up to the first `;` that SQLite takes for the end of a statement.
pub(crate) fn first_statement(sql: &str) -> &str {
    let mut at = 0;
    while let Some(found) = sql[at..].find(';') {
        at += found + 1;
        let complete = std::ffi::CString::new(&sql[..at])
            // SAFETY: the text ends with NUL.
            .is_ok_and(|text| unsafe { ffi::sqlite3_complete(text.as_ptr()) } == 1);
        if complete {
            return &sql[..at];
        }
    }
    sql
}
