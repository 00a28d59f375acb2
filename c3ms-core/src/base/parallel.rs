//! The same work on many parts: on all processors with the feature `parallel`, else one after the other.

/// How many parts are worked on at once.
#[cfg(feature = "parallel")]
pub(crate) fn processors() -> usize {
    rayon::current_num_threads()
}

#[cfg(not(feature = "parallel"))]
pub(crate) const fn processors() -> usize {
    1
}

/// What is made of each number below `count`, in their order. The caller works too: its memory is at hand.
#[cfg(feature = "parallel")]
pub(crate) fn of_each<T: Send>(count: usize, one: impl Fn(usize) -> T + Send + Sync) -> Vec<T> {
    use std::sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    };
    let (next, made) = (AtomicUsize::new(0), Mutex::new(Vec::with_capacity(count)));
    let work = || {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= count {
                return;
            }
            let one = one(number);
            made.lock().unwrap_or_else(PoisonError::into_inner).push((number, one));
        }
    };
    rayon::in_place_scope(|scope| {
        for _ in 1..processors().min(count) {
            scope.spawn(|_| work());
        }
        work();
    });
    let mut made = made.into_inner().unwrap_or_else(PoisonError::into_inner);
    made.sort_by_key(|(number, _)| *number);
    made.into_iter().map(|(_, one)| one).collect()
}

#[cfg(not(feature = "parallel"))]
pub(crate) fn of_each<T>(count: usize, one: impl Fn(usize) -> T) -> Vec<T> {
    (0..count).map(one).collect()
}
