//! The one stream of chance of all draws: named, versioned, the same on every platform.

use rand_core::{Rng, SeedableRng};
use rand_pcg::Pcg64;

use crate::base::Seed;

/// Chance that can be repeated: the same seed gives the same draw on every platform, for ever.
///
/// # Source
/// O'Neill (2014), "PCG: A Family of Simple Fast Space-Efficient Statistically Good Algorithms for Random Number
/// Generation": PCG XSL RR 128/64 (`rand_pcg::Pcg64`).
///
/// # Examples
/// ```
/// use c3ms_core::{base::Seed, survey::Stream};
/// let mut stream = Stream::new(&Seed::from_number(7));
/// let mut again = Stream::new(&Seed::from_number(7));
/// assert_eq!(stream.unit(), again.unit());
/// assert!(stream.below(6) < 6);
/// ```
#[derive(Debug, Clone)]
pub struct Stream(Pcg64);

impl Stream {
    /// Its name, written beside every draw.
    pub const NAME: &'static str = "pcg64-1";

    /// The stream of a seed.
    #[must_use]
    pub fn new(seed: &Seed) -> Self {
        Self(Pcg64::from_seed(seed.0))
    }

    /// A number from 0 to below 1, all multiples of 2⁻⁵³ equally likely.
    pub fn unit(&mut self) -> f64 {
        // 53 bits are exact in a number.
        #[expect(clippy::cast_precision_loss, reason = "53 bits are exact")]
        let bits = (self.0.next_u64() >> 11) as f64;
        bits * (1.0 / 9_007_199_254_740_992.0)
    }

    /// A whole number from 0 to below `count`, all equally likely; 0 where `count` is 0.
    ///
    /// # Source
    /// Lemire (2019), "Fast Random Integer Generation in an Interval", ACM TOMACS 29(1).
    pub fn below(&mut self, count: usize) -> usize {
        let Ok(count) = u64::try_from(count) else { return 0 };
        if count == 0 {
            return 0;
        }
        let least = count.wrapping_neg() % count;
        loop {
            let product = u128::from(self.0.next_u64()) * u128::from(count);
            #[expect(clippy::cast_possible_truncation, reason = "the lower half is meant")]
            if product as u64 >= least {
                return usize::try_from(product >> 64).unwrap_or(0);
            }
        }
    }

    /// Puts items in an order by chance, all orders equally likely.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for end in (1..items.len()).rev() {
            items.swap(end, self.below(end + 1));
        }
    }
}
