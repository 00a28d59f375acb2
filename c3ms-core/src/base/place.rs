//! Points on the Earth.

use serde::{Deserialize, Serialize};

/// A point on the Earth in degrees of WGS 84 (EPSG:4326).
///
/// # Examples
/// ```
/// use c3ms_core::base::Position;
/// assert!(Position::new(44.8995, 6.6432).is_some());
/// assert!(Position::new(95.0, 6.6).is_none());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, try_from = "Degrees")]
pub struct Position {
    latitude: f64,
    longitude: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Degrees {
    latitude: f64,
    longitude: f64,
}

impl TryFrom<Degrees> for Position {
    type Error = &'static str;
    fn try_from(Degrees { latitude, longitude }: Degrees) -> Result<Self, Self::Error> {
        Self::new(latitude, longitude).ok_or("latitude is -90 to 90, longitude -180 to 180")
    }
}

impl Position {
    /// A point, `None` outside -90 to 90 degrees north and -180 to 180 degrees east.
    #[must_use]
    pub fn new(latitude: f64, longitude: f64) -> Option<Self> {
        let inside = (-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude);
        inside.then_some(Self { latitude, longitude })
    }

    /// Degrees north.
    #[must_use]
    pub const fn latitude(&self) -> f64 {
        self.latitude
    }

    /// Degrees east.
    #[must_use]
    pub const fn longitude(&self) -> f64 {
        self.longitude
    }

    /// How far another point is, along the surface of a ball of 6,371.0088 km.
    ///
    /// # Source
    /// Sinnott, "Virtues of the Haversine", 1984; the mean radius of GRS 80.
    ///
    /// # Examples
    /// From Briançon to Gap it is 58 km as the crow flies.
    /// ```
    /// use c3ms_core::base::Position;
    /// let (briancon, gap) = (Position::new(44.8995, 6.6432).unwrap(), Position::new(44.5598, 6.0792).unwrap());
    /// assert_eq!(briancon.kilometers_to(gap).round(), 58.0);
    /// ```
    #[must_use]
    pub fn kilometers_to(&self, other: Self) -> f64 {
        let half = |degrees: f64| {
            let sine = libm::sin(degrees.to_radians() / 2.0);
            sine * sine
        };
        let north = half(other.latitude - self.latitude);
        let east = half(other.longitude - self.longitude);
        let along = libm::cos(self.latitude.to_radians()) * libm::cos(other.latitude.to_radians());
        2.0 * 6371.0088 * libm::asin((north + along * east).min(1.0).sqrt())
    }
}
