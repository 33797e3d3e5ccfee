//! The fields of an account that an operator may set, each defined once in [`FIELDS`].

use crate::domain::day::Day;

use super::account::User;

mod spec;
mod table;

pub use spec::{Field, FieldKind, FieldSpec, FieldTable, Fields};
pub use table::FIELDS;

impl Fields {
    /// Returns the value of a field if it is set.
    pub fn get(&self, field: Field) -> Option<&str> {
        field.spec()?.value(self)
    }

    /// Sets a field, or with `None` unsets it; a word that a choice does not offer unsets the choice.
    pub fn set(&mut self, spec: &FieldSpec, value: Option<String>) {
        spec.put(self, value);
    }

    /// Returns the fields that are set with their values, in the order in which forms show them.
    pub fn values(&self) -> impl Iterator<Item = (&'static FieldSpec, &str)> {
        FIELDS.iter().filter_map(|spec| Some((spec, spec.value(self)?)))
    }

    /// Keeps only the set fields for which `keep` returns true.
    pub fn filter(mut self, keep: impl Fn(&FieldSpec, &str) -> bool) -> Self {
        for spec in &FIELDS {
            if spec.value(&self).is_some_and(|value| !keep(spec, value)) {
                self.set(spec, None);
            }
        }
        self
    }

    /// Checks every field that is set.
    ///
    /// # Errors
    /// The first invalid field and the rule that it breaks.
    pub fn check(&self) -> Result<(), (Field, &'static str)> {
        self.values().try_for_each(|(spec, text)| spec.check(text).map_err(|rule| (spec.field, rule)))?;
        let [first, last] = [&self.valid_from, &self.expires_on].map(|day| Day::parse(day.as_deref()?));
        match (first, last) {
            (Some(first), Some(last)) if last < first => {
                Err((Field::ExpiresOn, "must not be before the day in Valid from"))
            }
            (Some(_) | None, Some(_) | None) => Ok(()),
        }
    }

    /// Returns these fields, and those of `others` that are not set here.
    pub fn or(self, others: &Self) -> Self {
        let mut all = others.clone();
        for (spec, value) in self.values() {
            all.set(spec, Some(value.to_owned()));
        }
        all
    }
}

impl FromIterator<(&'static FieldSpec, String)> for Fields {
    fn from_iter<I: IntoIterator<Item = (&'static FieldSpec, String)>>(values: I) -> Self {
        let mut fields = Self::default();
        for (spec, value) in values {
            fields.set(spec, Some(value));
        }
        fields
    }
}

impl User {
    /// Returns the current values of the fields that an operator may set.
    pub fn fields(&self) -> Fields {
        FIELDS.iter().map(|spec| (spec, spec.of_user(self).unwrap_or_default().to_owned())).collect()
    }
}

impl Field {
    /// Returns the row of [`FIELDS`]; `None` for what is not a field of an account.
    pub fn spec(self) -> Option<&'static FieldSpec> {
        FIELDS.iter().find(|spec| spec.field == self)
    }

    /// Returns the label that forms show.
    pub fn label(self) -> &'static str {
        match self {
            Self::Password => "Password",
            Self::DirectoryName => "Name",
            Self::Span => "Time",
            Self::Label => "Label",
            account => account.spec().map_or("Field", |spec| spec.label),
        }
    }

    /// Checks that `text` is valid for this field.
    ///
    /// # Errors
    /// The rule that `text` breaks.
    pub fn check(self, text: &str) -> Result<(), &'static str> {
        self.spec().map_or(Ok(()), |spec| spec.check(text))
    }
}

#[cfg(test)]
mod tests;
