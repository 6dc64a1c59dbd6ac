//! What an array is called and counted by. Consumed in `run::expand` and `run::arrays`.

/// What the name of an array stands for without an index, and the number of its first element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArrayNames {
    /// The first element, which has the number 0.
    FirstOfZero,
    /// All elements, joined inside quotes; the first is 1 (zsh).
    Joined,
    /// All elements, inside quotes too; the first is 1 (yash).
    Separate,
}

impl ArrayNames {
    /// The number of the first element.
    pub fn first(self) -> i64 {
        match self {
            ArrayNames::FirstOfZero => 0,
            ArrayNames::Joined | ArrayNames::Separate => 1,
        }
    }
}
