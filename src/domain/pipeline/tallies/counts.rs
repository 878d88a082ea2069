//! Counting up and down.

/// Adds to a count; one that reaches zero leaves the map.
pub fn bump<K: Ord + Clone>(map: &mut imbl::OrdMap<K, u32>, key: K, by: i32) {
    let mut value = map.get(&key).copied().unwrap_or(0);
    add(&mut value, by);
    if value == 0 {
        map.remove(&key);
    } else {
        map.insert(key, value);
    }
}

pub fn add(count: &mut u32, by: i32) {
    *count = count.saturating_add_signed(by);
}
