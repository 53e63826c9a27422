//! Libraries that panic over a broken file end what is being read, and nothing else.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

thread_local! {
    static CONTAINED: Cell<bool> = const { Cell::new(false) };
}

/// What `work` gives; `None` where it panics. Nothing is printed then: the caller says what it means for the file. What `work` has
/// changed must not be used afterwards.
pub(super) fn contained<T>(work: impl FnOnce() -> T) -> Option<T> {
    static HOOK: Once = Once::new();
    // The hook is one for all threads: those that contain nothing keep the one that was there.
    HOOK.call_once(|| {
        let loud = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !CONTAINED.get() {
                loud(info);
            }
        }));
    });
    let before = CONTAINED.replace(true);
    let done = panic::catch_unwind(AssertUnwindSafe(work)).ok();
    CONTAINED.set(before);
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_gives_nothing_and_later_work_goes_on() {
        assert_eq!(contained(|| 1), Some(1));
        assert_eq!(contained(|| contained(|| panic!("inner")).map_or(2, |(): ()| 3)), Some(2));
        let index = 5;
        assert_eq!(contained(|| [1, 2][index]), None);
        assert_eq!(contained(|| 4), Some(4));
    }
}
