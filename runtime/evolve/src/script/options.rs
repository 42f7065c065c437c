use super::cursor::Cursor;

/// `CHARACTER SET x`, `CHARSET = x`, in lower case.
pub(super) fn charset(cursor: &mut Cursor<'_, '_>) -> Option<String> {
    (cursor.eat("CHARACTER SET") || cursor.eat("CHARSET")).then(|| value(cursor).to_lowercase())
}

/// What follows a key: `= x` or `x`.
pub(super) fn value(cursor: &mut Cursor<'_, '_>) -> String {
    cursor.eat_sign("=");
    let token = cursor.next();
    token.map_or(String::new(), |token| token.text.trim_matches(['\'', '"', '`']).to_owned())
}
