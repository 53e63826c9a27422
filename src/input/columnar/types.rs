//! The schema of an Arrow table: its fields, and which columns they become.

use polars_arrow_format::ipc::planus::{Error, Vector};
use polars_arrow_format::ipc::{DateUnit, Endianness, FieldRef, IntervalUnit, Precision, SchemaRef, TimeUnit, TypeRef};

use super::cell::Unit;
use super::places::Places;
use super::{Fault, limits};

/// A field of a schema.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) children: Vec<Field>,
    /// Where its values stand in a dictionary: the number of that, and the kind of the numbers that stand for them.
    pub(super) dictionary: Option<(i64, Kind)>,
    /// The column: of a value, or of a list of plain ones, where no list or map is on the way to it.
    pub(super) place: Option<usize>,
}

/// What the values of a field are. Widths are in bytes; `wide` offsets have 64 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Null,
    Bool,
    Int { width: usize, signed: bool },
    Float { width: usize },
    Decimal { width: usize, scale: i32 },
    Date,
    DateMillis,
    Time { width: usize, unit: Unit },
    Timestamp { unit: Unit, universal: bool },
    Duration { unit: Unit },
    Months,
    DaysMillis,
    MonthsDaysNanos,
    Bytes { wide: bool },
    View,
    Fixed { width: usize },
    List { wide: bool },
    FixedList { items: usize },
    Struct,
    Map,
    RunEnds,
}

impl Field {
    /// Whether a value of it is one text.
    pub(super) fn is_plain(&self) -> bool {
        match self.kind {
            Kind::List { .. } | Kind::FixedList { .. } | Kind::Struct | Kind::Map => false,
            Kind::RunEnds => self.children.get(1).is_some_and(Field::is_plain),
            _ => true,
        }
    }

    /// Whether it is a list whose items are joined.
    pub(super) fn is_joined(&self) -> bool {
        matches!(self.kind, Kind::List { .. } | Kind::FixedList { .. }) && self.children.iter().all(Field::is_plain)
    }
}

/// The fields of a schema.
pub(super) fn fields(schema: SchemaRef<'_>) -> Result<Vec<Field>, Fault> {
    if schema.endianness().map_err(broken)? != Endianness::Little {
        return Err(Fault::unusual("its numbers are stored with the most significant byte first"));
    }
    let mut read = 0;
    children(schema.fields().map_err(broken)?, 0, &mut read)
}

fn broken(_: Error) -> Fault {
    Fault::broken("its schema is broken")
}

/// Fields may share their children, so that a short schema can have no end of them: they are counted.
fn children(
    fields: Option<Vector<'_, Result<FieldRef<'_>, Error>>>,
    depth: usize,
    read: &mut usize,
) -> Result<Vec<Field>, Fault> {
    let mut out = Vec::new();
    for field in fields.into_iter().flatten() {
        if depth > limits::DEPTH {
            return Err(Fault::unusual(format!("its schema has more than {} groups inside each other", limits::DEPTH)));
        }
        *read += 1;
        if *read > limits::FIELDS {
            return Err(Fault::unusual(format!("its schema has more than {} fields", limits::FIELDS)));
        }
        let field = field.map_err(broken)?;
        let name = field.name().map_err(broken)?.unwrap_or_default().to_owned();
        Fault::check_name(&name)?;
        let children = children(field.children().map_err(broken)?, depth + 1, read)?;
        let kind = field.type_().map_err(broken)?.ok_or_else(|| Fault::broken("its schema is broken"));
        let kind = kind.and_then(|kind| {
            of(kind).map_err(broken)?.ok_or_else(|| Fault::unusual("it is of a kind that is not read"))
        });
        let kind = kind.map_err(|fault| fault.within(&format!("column `{name}`")))?;
        let dictionary = match field.dictionary().map_err(broken)? {
            None => None,
            Some(dictionary) => {
                let index = match dictionary.index_type().map_err(broken)? {
                    None => Kind::Int { width: 4, signed: true },
                    Some(index) => of(TypeRef::Int(index)).map_err(broken)?.unwrap_or(Kind::Null),
                };
                Some((dictionary.id().map_err(broken)?, index))
            }
        };
        let expected = match kind {
            Kind::List { .. } | Kind::FixedList { .. } | Kind::Map => Some(1),
            Kind::RunEnds => Some(2),
            Kind::Struct => None,
            _ => Some(0),
        };
        let pair = |map: &Field| map.kind == Kind::Struct && map.children.len() == 2;
        if expected.is_some_and(|count| count != children.len()) || kind == Kind::Map && !children.iter().all(pair) {
            return Err(Fault::broken("its schema is broken"));
        }
        out.push(Field { name, kind, children, dictionary, place: None });
    }
    Ok(out)
}

/// The kind of a type; `None` of one that is not read.
fn of(kind: TypeRef<'_>) -> Result<Option<Kind>, Error> {
    let unit = |unit| match unit {
        TimeUnit::Second => Unit::Second,
        TimeUnit::Millisecond => Unit::Milli,
        TimeUnit::Microsecond => Unit::Micro,
        TimeUnit::Nanosecond => Unit::Nano,
    };
    let bytes = |bits: i32| match bits {
        8 | 16 | 32 | 64 | 128 | 256 => Some(bits as usize / 8),
        _ => None,
    };
    Ok(match kind {
        TypeRef::Null(_) => Some(Kind::Null),
        TypeRef::Bool(_) => Some(Kind::Bool),
        TypeRef::Int(int) => {
            let signed = int.is_signed()?;
            bytes(int.bit_width()?).filter(|width| *width <= 8).map(|width| Kind::Int { width, signed })
        }
        TypeRef::FloatingPoint(float) => Some(match float.precision()? {
            Precision::Half => Kind::Float { width: 2 },
            Precision::Single => Kind::Float { width: 4 },
            Precision::Double => Kind::Float { width: 8 },
        }),
        TypeRef::Decimal(decimal) => {
            let scale = decimal.scale()?;
            bytes(decimal.bit_width()?).map(|width| Kind::Decimal { width, scale })
        }
        TypeRef::Date(date) => Some(match date.unit()? {
            DateUnit::Day => Kind::Date,
            DateUnit::Millisecond => Kind::DateMillis,
        }),
        TypeRef::Time(time) => {
            let unit = unit(time.unit()?);
            bytes(time.bit_width()?).filter(|width| matches!(width, 4 | 8)).map(|width| Kind::Time { width, unit })
        }
        TypeRef::Timestamp(time) => {
            let universal = time.timezone()?.is_some_and(|zone| !zone.is_empty());
            Some(Kind::Timestamp { unit: unit(time.unit()?), universal })
        }
        TypeRef::Duration(duration) => Some(Kind::Duration { unit: unit(duration.unit()?) }),
        TypeRef::Interval(interval) => Some(match interval.unit()? {
            IntervalUnit::YearMonth => Kind::Months,
            IntervalUnit::DayTime => Kind::DaysMillis,
            IntervalUnit::MonthDayNano => Kind::MonthsDaysNanos,
        }),
        TypeRef::Utf8(_) | TypeRef::Binary(_) => Some(Kind::Bytes { wide: false }),
        TypeRef::LargeUtf8(_) | TypeRef::LargeBinary(_) => Some(Kind::Bytes { wide: true }),
        TypeRef::Utf8View(_) | TypeRef::BinaryView(_) => Some(Kind::View),
        TypeRef::FixedSizeBinary(fixed) => usize::try_from(fixed.byte_width()?).ok().map(|width| Kind::Fixed { width }),
        TypeRef::List(_) => Some(Kind::List { wide: false }),
        TypeRef::LargeList(_) => Some(Kind::List { wide: true }),
        TypeRef::FixedSizeList(list) => usize::try_from(list.list_size()?).ok().map(|items| Kind::FixedList { items }),
        TypeRef::Struct(_) => Some(Kind::Struct),
        TypeRef::Map(_) => Some(Kind::Map),
        TypeRef::RunEndEncoded(_) => Some(Kind::RunEnds),
        TypeRef::Union(_) | TypeRef::ListView(_) | TypeRef::LargeListView(_) => None,
    })
}

/// Gives the fields that no list or map is around their columns; answers whether there are others.
pub(super) fn place(fields: &mut [Field], path: &str, places: &mut Places) -> Result<bool, Fault> {
    let mut others = false;
    for field in fields {
        let path = if path.is_empty() { field.name.clone() } else { format!("{path}.{}", field.name) };
        if field.is_plain() || field.is_joined() {
            let column = places.add(path)?;
            let mut field = field;
            // Runs stand for the values in them.
            while field.kind == Kind::RunEnds {
                field.place = Some(column);
                field = &mut field.children[1];
            }
            field.place = Some(column);
        } else if field.kind == Kind::Struct {
            others |= place(&mut field.children, &path, places)?;
        } else {
            others = true;
        }
    }
    Ok(others)
}

#[cfg(test)]
mod tests {
    use polars_arrow_format::ipc::planus::{Builder, ReadAsRoot};
    use polars_arrow_format::ipc::{Endianness, Field as Described, Schema, Struct, Type, Union, UnionMode, Utf8};

    use super::*;

    fn described(name: &str, kind: Type, children: Vec<Described>) -> Described {
        let (name, type_, children) = (Some(name.to_owned()), Some(kind), Some(children));
        Described { name, nullable: true, type_, dictionary: None, children, custom_metadata: None }
    }

    fn read(fields: Vec<Described>, endianness: Endianness) -> Result<Vec<Field>, Fault> {
        let schema = Schema { endianness, fields: Some(fields), custom_metadata: None, features: None };
        let mut builder = Builder::new();
        let bytes = builder.finish(schema, None).to_vec();
        super::fields(SchemaRef::read_as_root(&bytes).unwrap())
    }

    fn text() -> Type {
        Type::Utf8(Box::new(Utf8 {}))
    }

    #[test]
    fn schemas_that_are_not_read_say_why() {
        let refused = |field: Described| read(vec![field], Endianness::Little).unwrap_err().message;
        let group = |inner| described("a", Type::Struct(Box::new(Struct {})), vec![inner]);
        let deep = |depth| (0..depth).fold(described("a", text(), vec![]), |inner, _| group(inner));
        assert!(refused(deep(limits::DEPTH + 1)).contains("more than 64 groups"));
        assert!(read(vec![deep(limits::DEPTH)], Endianness::Little).is_ok());
        let union = described("u", Type::Union(Box::new(Union { mode: UnionMode::Sparse, type_ids: None })), vec![]);
        assert!(refused(union).contains("column `u`: it is of a kind that is not read"));
        assert!(refused(described(&"n".repeat(1_001), text(), vec![])).contains("name is longer"));
        let big = read(vec![described("a", text(), vec![])], Endianness::Big).unwrap_err();
        assert!(big.message.contains("most significant byte first"));
        // A text has no fields of its own.
        assert!(refused(described("a", text(), vec![deep(0)])).contains("schema is broken"));
    }

    #[test]
    fn only_lists_of_structs_and_maps_leave_columns_to_the_rows() {
        let list = |inner| described("l", Type::List(Box::default()), vec![inner]);
        let place = |field| {
            let mut fields = read(vec![field], Endianness::Little).unwrap();
            let mut places = Places::default();
            let others = super::place(&mut fields, "", &mut places).unwrap();
            (places.headers, others)
        };
        let group = described("g", Type::Struct(Box::new(Struct {})), vec![described("x", text(), vec![])]);
        assert_eq!(place(list(described("item", text(), vec![]))), (vec!["l".to_owned()], false));
        assert_eq!(place(list(group)), (vec![], true));
    }
}
