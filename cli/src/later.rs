//! Work that nobody waits for.

use std::thread;

/// Gives back what a value holds while other things are done: a schema of a thousand tables is
/// hundreds of thousands of pieces, and a program that ends need not give them back at all.
pub(crate) fn drop_later<T: Send + 'static>(value: T) {
    // Where no thread can be started, it is dropped with the closure.
    let _ = thread::Builder::new().spawn(move || drop(value));
}
