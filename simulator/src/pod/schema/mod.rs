//! The shape of the Kubernetes objects as data: which fields an object has and of which type.
//!
//! `check` compares a tree with it. A field that the API knows but that changes nothing here is listed as not simulated;
//! one that the API does not know is a warning with the nearest name. Source: Kubernetes API reference v1.36, types of
//! `k8s.io/api` (core/v1, apps/v1, batch/v1, policy/v1). Not here: values and their limits (`validate`).

mod check;
mod container;
mod kinds;
mod nearest;
mod pod;
mod workload;

pub use check::check;
pub use kinds::{Found, Known, find, names};
pub use nearest::nearest;

/// The type of a field's value.
#[derive(Clone, Copy)]
pub enum Shape {
    /// `string`.
    Text,
    /// `bool`.
    Bool,
    /// `int32`.
    Int32,
    /// `int64`.
    Int64,
    /// `intstr.IntOrString`: a port or its name, a count or a percentage.
    IntOrText,
    /// `resource.Quantity`: text or a number.
    Quantity,
    /// `map[string]string`.
    TextMap,
    /// `map[string]resource.Quantity`.
    QuantityMap,
    /// `[]string`.
    TextList,
    /// A nested object.
    Object(&'static Object),
    /// A list of objects.
    List(&'static Object),
    /// Anything; not looked into.
    Any,
}

/// What the simulator makes of a field.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// It is read.
    Read,
    /// It cannot change what is simulated: no remark.
    Silent,
    /// It could change what a person sees, and is left out: listed.
    NotSimulated,
}

/// One field of an object.
pub struct Field {
    /// Its name in YAML.
    pub name: &'static str,
    /// Its type.
    pub shape: Shape,
    /// What becomes of it.
    pub used: Use,
    /// First minor version of Kubernetes 1.x whose API has it; 0 for one older than every version simulated.
    pub since: u8,
}

/// One type of the API.
pub struct Object {
    /// Its name in Go, as error messages give it.
    pub go: &'static str,
    /// Its fields.
    pub fields: &'static [Field],
}

impl Object {
    /// The field of that name.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|f| f.name == name)
    }
}

const fn read(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, used: Use::Read, since: 0 }
}

const fn quiet(name: &'static str) -> Field {
    Field { name, shape: Shape::Any, used: Use::Silent, since: 0 }
}

const fn skip(name: &'static str) -> Field {
    Field { name, shape: Shape::Any, used: Use::NotSimulated, since: 0 }
}

impl Field {
    const fn since(mut self, minor: u8) -> Self {
        self.since = minor;
        self
    }
}
