//! Work in lanes: pieces are dealt to workers in turn and come back in the same order.
//!
//! Each lane holds at most one piece that waits, one that is worked on and one that is done, so that memory does not grow with the
//! input, and no worker waits for the others to end a piece.

use std::panic::resume_unwind;
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};
use std::thread;

/// Hands the next piece to a worker; false where nobody takes any more.
pub(super) type Deal<'d, T> = &'d mut dyn FnMut(T) -> bool;

/// What a worker does with a piece, and while none waits.
pub(super) trait Work<T, R> {
    /// Works on a piece.
    fn work(&mut self, piece: T) -> R;

    /// Does a little of what will be of use later; false where there is nothing to do.
    fn idle(&mut self) -> bool {
        false
    }
}

impl<T, R, F: FnMut(T) -> R> Work<T, R> for F {
    fn work(&mut self, piece: T) -> R {
        self(piece)
    }
}

/// Runs `produce` on a thread of its own, workers on as many as rayon would use, each as `begin` gives it, and `take` here; all of it
/// here and in turn, where rayon would use one. What `produce` gave at its end.
///
/// # Errors
/// The first one of `take`; nothing more is produced after it.
pub(super) fn run<T, R, W: Work<T, R>, S, E>(
    produce: impl FnOnce(Deal<'_, T>) -> S + Send,
    begin: impl Fn() -> W + Sync,
    mut take: impl FnMut(R) -> Result<(), E>,
) -> Result<S, E>
where
    T: Send,
    R: Send,
    S: Send,
{
    let (begin, workers) = (&begin, rayon::current_num_threads());
    if workers <= 1 {
        let (mut own, mut failed) = (begin(), None);
        let produced = produce(&mut |piece| {
            failed = take(own.work(piece)).err();
            failed.is_none()
        });
        return failed.map_or(Ok(produced), Err);
    }
    thread::scope(|scope| {
        let lanes = (0..workers).map(|_| {
            let (deal, pieces) = sync_channel::<T>(1);
            let (done, results) = sync_channel::<R>(1);
            scope.spawn(move || {
                let mut own = begin();
                // A closed channel means that the other side stopped; nobody needs the rest.
                while let Some(piece) = next(&pieces, || own.idle()) {
                    if done.send(own.work(piece)).is_err() {
                        break;
                    }
                }
            });
            (deal, results)
        });
        let (deals, results): (Vec<_>, Vec<_>) = lanes.unzip();
        let producer = scope.spawn(move || {
            let mut turns = deals.iter().cycle();
            produce(&mut |piece| turns.next().is_some_and(|deal| deal.send(piece).is_ok()))
        });
        // The lane whose turn it is has ended: so have all.
        for done in results.iter().cycle().map_while(|lane| lane.recv().ok()) {
            take(done)?;
        }
        Ok(producer.join().unwrap_or_else(|fault| resume_unwind(fault)))
    })
}

/// The next piece; `idle` goes on while none waits, as long as it has something to do.
fn next<T>(pieces: &Receiver<T>, mut idle: impl FnMut() -> bool) -> Option<T> {
    loop {
        match pieces.try_recv() {
            Ok(piece) => return Some(piece),
            Err(TryRecvError::Disconnected) => return None,
            Err(TryRecvError::Empty) if idle() => {}
            Err(TryRecvError::Empty) => return pieces.recv().ok(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Doubles numbers, and rests a little after each.
    #[derive(Default)]
    struct Doubling {
        tired: bool,
    }

    impl Work<u32, u32> for Doubling {
        fn work(&mut self, number: u32) -> u32 {
            self.tired = true;
            number * 2
        }

        fn idle(&mut self) -> bool {
            std::mem::take(&mut self.tired)
        }
    }

    #[test]
    fn pieces_come_back_in_order_and_an_error_ends_all() {
        for threads in [1, 2, 5] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(in_order_until_an_error);
        }
    }

    fn in_order_until_an_error() {
        let numbers = |deal: Deal<'_, u32>| (0..10_000).take_while(|number| deal(*number)).count();
        let mut got = Vec::new();
        let all = run(numbers, Doubling::default, |number| {
            got.push(number);
            Ok::<(), ()>(())
        });
        assert_eq!(all, Ok(10_000));
        assert!(got.iter().copied().eq((0..10_000).map(|number| number * 2)));
        let mut left = 5;
        let stopped = run(numbers, Doubling::default, |_| {
            left -= 1;
            if left == 0 { Err("enough") } else { Ok(()) }
        });
        assert_eq!(stopped, Err("enough"));
    }
}
