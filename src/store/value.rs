//! What goes into a statement and comes out of a row, in a form that every database has.

use std::error::Error;

use jiff::Timestamp;

use crate::domain::{
    ApplicationId, CustomerId, EmailAddress, JobId, OrderId, PersonId, PersonName, ResultRowId, SelectionId, VacancyId,
    WorkflowId,
};

/// A value of a column. What is true or false is 1 or 0, a moment is microseconds since 1970, an id is a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Null,
    Integer(i64),
    Text(String),
    Bytes(Vec<u8>),
}

/// The values of a statement by the names that stand in it as `:name`.
pub(super) type Params<'p> = &'p [(&'p str, Value)];

/// Names values for a statement: `params! { order, state: next.name() }`.
macro_rules! params {
    (@ $name:ident) => { $crate::store::value::ToValue::to_value(&$name) };
    (@ $name:ident $value:expr) => { $crate::store::value::ToValue::to_value(&$value) };
    ($($name:ident $(: $value:expr)?),* $(,)?) => { &[$((stringify!($name), params!(@ $name $($value)?))),*] };
}
pub(super) use params;

/// What a statement can be given.
pub(super) trait ToValue {
    fn to_value(&self) -> Value;
}

/// What a column can be read as.
pub(super) trait FromValue: Sized {
    /// # Errors
    /// What stands there instead.
    fn from_value(value: Value) -> Result<Self, Box<dyn Error + Send + Sync>>;
}

impl<T: ToValue + ?Sized> ToValue for &T {
    fn to_value(&self) -> Value {
        T::to_value(self)
    }
}

impl<T: ToValue> ToValue for Option<T> {
    fn to_value(&self) -> Value {
        self.as_ref().map_or(Value::Null, T::to_value)
    }
}

impl ToValue for Value {
    fn to_value(&self) -> Value {
        self.clone()
    }
}

impl ToValue for str {
    fn to_value(&self) -> Value {
        Value::Text(self.to_owned())
    }
}

impl ToValue for String {
    fn to_value(&self) -> Value {
        Value::Text(self.clone())
    }
}

impl ToValue for Vec<u8> {
    fn to_value(&self) -> Value {
        Value::Bytes(self.clone())
    }
}

impl ToValue for Timestamp {
    fn to_value(&self) -> Value {
        Value::Integer(self.as_microsecond())
    }
}

macro_rules! numbers {
    ($($type:ty),*) => { $(impl ToValue for $type {
        fn to_value(&self) -> Value {
            Value::Integer(i64::from(*self))
        }
    })* };
}
numbers!(bool, u8, u16, u32, i32, i64);

impl ToValue for u64 {
    fn to_value(&self) -> Value {
        Value::Integer(self.cast_signed())
    }
}

macro_rules! ids_of_ours {
    ($($id:ty),*) => { $(
        impl ToValue for $id {
            fn to_value(&self) -> Value {
                Value::Integer(self.get())
            }
        }

        impl FromValue for $id {
            fn from_value(value: Value) -> Result<Self, Box<dyn Error + Send + Sync>> {
                Ok(Self::try_from(i64::from_value(value)?)?)
            }
        }
    )* };
}
ids_of_ours!(OrderId, SelectionId);

macro_rules! ids_of_icims {
    ($($id:ty),*) => { $(
        impl ToValue for $id {
            fn to_value(&self) -> Value {
                Value::Integer(self.get().cast_signed())
            }
        }

        impl FromValue for $id {
            fn from_value(value: Value) -> Result<Self, Box<dyn Error + Send + Sync>> {
                Ok(Self::try_from(i64::from_value(value)?.cast_unsigned())?)
            }
        }
    )* };
}
ids_of_icims!(CustomerId, WorkflowId, PersonId, JobId, ResultRowId);

macro_rules! texts {
    ($($text:ty),*) => { $(impl ToValue for $text {
        fn to_value(&self) -> Value {
            Value::Text(self.as_str().to_owned())
        }
    })* };
}
texts!(VacancyId, ApplicationId, EmailAddress, PersonName, url::Url);

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: Value) -> Result<Self, Box<dyn Error + Send + Sync>> {
        if value == Value::Null { Ok(None) } else { T::from_value(value).map(Some) }
    }
}

impl FromValue for String {
    fn from_value(value: Value) -> Result<Self, Box<dyn Error + Send + Sync>> {
        if let Value::Text(text) = value { Ok(text) } else { Err("it is no text".into()) }
    }
}

impl FromValue for Vec<u8> {
    fn from_value(value: Value) -> Result<Self, Box<dyn Error + Send + Sync>> {
        if let Value::Bytes(bytes) = value { Ok(bytes) } else { Err("it holds no bytes".into()) }
    }
}

impl FromValue for bool {
    fn from_value(value: Value) -> Result<Self, Box<dyn Error + Send + Sync>> {
        match value {
            Value::Integer(0) => Ok(false),
            Value::Integer(1) => Ok(true),
            _ => Err("it is neither 0 nor 1".into()),
        }
    }
}

impl FromValue for Timestamp {
    fn from_value(value: Value) -> Result<Self, Box<dyn Error + Send + Sync>> {
        Ok(Self::from_microsecond(i64::from_value(value)?)?)
    }
}

macro_rules! from_numbers {
    ($($type:ty),*) => { $(impl FromValue for $type {
        fn from_value(value: Value) -> Result<Self, Box<dyn Error + Send + Sync>> {
            if let Value::Integer(number) = value { Ok(Self::try_from(number)?) } else { Err("it is no number".into()) }
        }
    })* };
}
from_numbers!(i64, u64, u32, u16);
