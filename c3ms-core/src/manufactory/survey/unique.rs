//! Documents in which a name stands once: of two totals of one category the second would hide the first.

use std::{collections::BTreeMap, fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, Visitor},
};

/// Reads an object, and refuses one in which a name stands twice.
pub(super) fn unique<'de, D: Deserializer<'de>, V: Deserialize<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, V>, D::Error> {
    struct Once<V>(PhantomData<V>);
    impl<'de, V: Deserialize<'de>> Visitor<'de> for Once<V> {
        type Value = BTreeMap<String, V>;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut found = BTreeMap::new();
            while let Some((name, value)) = map.next_entry::<String, V>()? {
                if found.contains_key(&name) {
                    return Err(A::Error::custom(format_args!("{name:?} stands twice")));
                }
                found.insert(name, value);
            }
            Ok(found)
        }
    }
    deserializer.deserialize_map(Once(PhantomData))
}
