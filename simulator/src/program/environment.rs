//! The environment of a program: names with values, in the order of environ(7).

use crate::base::Text;
use std::collections::BTreeMap;
use std::ops::Deref;

/// Names and values. Which order they have is up to who starts the program; without a word about it that of the names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Environment {
    values: BTreeMap<Text, Text>,
    /// All names in their order; none at all where that is the order of the names.
    order: Vec<Text>,
}

impl Environment {
    /// These, in this order; of a name that comes twice the last value.
    pub fn in_order(list: Vec<(Text, Text)>) -> Environment {
        let mut found = Environment::default();
        for (name, value) in list {
            if found.values.insert(name.clone(), value).is_none() {
                found.order.push(name);
            }
        }
        found
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (&Text, &Text)> {
        let in_order = self.order.iter().filter_map(|name| self.values.get_key_value(name));
        in_order.chain(self.values.iter().filter(|_| self.order.is_empty()))
    }

    /// Gives a name a value: in its place, or behind the others (putenv(3)).
    pub fn insert(&mut self, name: Text, value: Text) {
        if !self.values.contains_key(&name) {
            self.order = self.iter().map(|(name, _)| name.clone()).collect();
            self.order.push(name.clone());
        }
        self.values.insert(name, value);
    }

    /// Takes a name out.
    pub fn remove(&mut self, name: &str) {
        self.values.remove(name);
        self.order.retain(|known| &**known != name);
    }
}

impl Deref for Environment {
    type Target = BTreeMap<Text, Text>;

    fn deref(&self) -> &BTreeMap<Text, Text> {
        &self.values
    }
}

impl From<BTreeMap<Text, Text>> for Environment {
    fn from(values: BTreeMap<Text, Text>) -> Environment {
        Environment { values, order: Vec::new() }
    }
}

impl FromIterator<(Text, Text)> for Environment {
    fn from_iter<I: IntoIterator<Item = (Text, Text)>>(list: I) -> Environment {
        Environment::in_order(list.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_keeps_its_place_when_its_value_changes_and_a_new_one_comes_last() {
        let mut env: Environment = [("B", "1"), ("A", "2")].map(|(n, v)| (n.into(), v.into())).into_iter().collect();
        env.insert("B".into(), "3".into());
        env.insert("0".into(), "4".into());
        env.remove("A");
        let list: Vec<String> = env.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(list, ["B=3", "0=4"]);
    }
}
