//! stub
use crate::domain::secret::Secret;
pub struct About<'a> {
    pub username: &'a str,
    pub email: &'a str,
    pub first_name: &'a str,
    pub last_name: &'a str,
}
pub struct Strength {
    pub score: u8,
    pub word: &'static str,
    pub objection: Option<String>,
}
pub fn strength(secret: &Secret, about: &About<'_>) -> Strength {
    let _ = about;
    let n = secret.chars();
    Strength { score: 2, word: "fair", objection: (n < 15).then(|| "needs at least 15 characters".into()) }
}
pub const RULE: &str = "at least 15 characters; a sentence is good";
