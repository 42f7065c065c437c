//! PostgreSQL, on the server that `AUTOGEN_POSTGRES_URL` names.

mod scratch;
