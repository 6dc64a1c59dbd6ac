//! A variable: its value and attributes (XCU 2.5; bash(1) "declare").
//!
//! Plain data; what assigns is in `simple`.

use std::collections::BTreeMap;

/// What a variable holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// One string.
    Scalar(String),
    /// bash: elements by number.
    Indexed(BTreeMap<i64, String>),
    /// bash: elements by name.
    Named(BTreeMap<String, String>),
    /// Declared without a value.
    Unset,
}

/// The elements by name in the order in which a shell goes through them, that of its hash table (`element_order`). In one
/// bucket the names' own order stands for that in which they came.
pub(super) fn in_order(elements: &BTreeMap<String, String>, (first, buckets): (u32, u32)) -> Vec<(&String, &String)> {
    let mut all: Vec<(&String, &String)> = elements.iter().collect();
    all.sort_by_key(|(key, _)| hashed(key, first, buckets));
    all
}

/// The bucket of a name (bash `hashlib.c`, `hash_string`).
pub(super) fn hashed(name: &str, first: u32, buckets: u32) -> u32 {
    const PRIME: u32 = 16_777_619;
    let mix = |hash: u32, byte: u8| hash.wrapping_mul(PRIME) ^ i32::from(byte.cast_signed()).cast_unsigned();
    name.bytes().fold(first, mix).checked_rem(buckets).unwrap_or(0)
}

/// How letters are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    /// As capitals.
    Upper,
    /// As small letters.
    Lower,
}

/// A variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Var {
    /// Its value.
    pub value: Value,
    /// In the environment of programs.
    pub exported: bool,
    /// Cannot be changed.
    pub read_only: bool,
    /// bash `declare -i`.
    pub integer: bool,
    /// bash `declare -u` and `-l`.
    pub case: Option<Case>,
    /// bash `declare -n`: it stands for the variable that it names.
    pub reference: bool,
}

impl Var {
    /// One string, without attributes.
    pub(super) fn scalar(value: String) -> Var {
        Var {
            value: Value::Scalar(value),
            exported: false,
            read_only: false,
            integer: false,
            case: None,
            reference: false,
        }
    }
}
