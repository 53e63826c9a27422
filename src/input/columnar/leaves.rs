//! The leaves of a Parquet schema: the path to each, with the lists and maps on it.

use parquet::basic::{ConvertedType, LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::schema::types::{ColumnDescriptor, SchemaDescriptor, Type};

use super::Fault;
use super::cell::Unit;
use super::places::Places;
use super::types::{self as arrow, Field};

/// A leaf of the schema.
#[derive(Debug)]
pub(super) struct Leaf {
    /// Its path as the file has it.
    name: String,
    /// The way to it.
    pub(super) steps: Vec<Step>,
    /// The definition level from which on there is an item, where it is the plain value of a list.
    pub(super) joined: Option<i16>,
    /// The column, where no list or map is on the way.
    pub(super) place: Option<usize>,
    /// Whether its values are the keys of a map, which are a part of paths and no cells.
    pub(super) is_key: bool,
    /// What its values are.
    pub(super) kind: Kind,
    /// The definition level at which there is a value.
    pub(super) defined: i16,
}

impl Leaf {
    /// What messages call it.
    pub(super) fn named(&self) -> String {
        format!("column `{}`", self.name)
    }
}

/// A step on the way to a leaf.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// A field of this name.
    Name(String),
    /// An item of a list, which is there from this definition level on.
    Item(i16),
    /// A value of a map, which is there from this definition level on; its key is a value of the leaf of that index.
    Key(i16, usize),
}

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// As it is stored.
    Plain,
    Unsigned(u32),
    Decimal(i32),
    Date,
    Time(Unit),
    Timestamp(Unit, bool),
    Duration(Unit),
    Half,
    Uuid,
    /// Months, days and milliseconds.
    Interval,
}

impl Kind {
    fn of(column: &ColumnDescriptor) -> Self {
        let unit = |unit: &TimeUnit| match unit {
            TimeUnit::MILLIS => Unit::Milli,
            TimeUnit::MICROS => Unit::Micro,
            TimeUnit::NANOS => Unit::Nano,
        };
        let logical = match column.logical_type_ref() {
            Some(LogicalType::Decimal(decimal)) => Some(Kind::Decimal(decimal.scale)),
            Some(LogicalType::Date) => Some(Kind::Date),
            Some(LogicalType::Time(time)) => Some(Kind::Time(unit(&time.unit))),
            Some(LogicalType::Timestamp(time)) => Some(Kind::Timestamp(unit(&time.unit), time.is_adjusted_to_u_t_c)),
            Some(LogicalType::Integer(int)) if !int.is_signed => {
                Some(Kind::Unsigned(u32::from(int.bit_width.unsigned_abs())))
            }
            Some(LogicalType::Uuid) => Some(Kind::Uuid),
            Some(LogicalType::Float16) => Some(Kind::Half),
            _ => None,
        };
        // Older files have only these. Their moments are in universal time.
        logical.unwrap_or(match column.converted_type() {
            ConvertedType::DECIMAL => Kind::Decimal(column.type_scale()),
            ConvertedType::DATE => Kind::Date,
            ConvertedType::TIME_MILLIS => Kind::Time(Unit::Milli),
            ConvertedType::TIME_MICROS => Kind::Time(Unit::Micro),
            ConvertedType::TIMESTAMP_MILLIS => Kind::Timestamp(Unit::Milli, true),
            ConvertedType::TIMESTAMP_MICROS => Kind::Timestamp(Unit::Micro, true),
            ConvertedType::UINT_8 => Kind::Unsigned(8),
            ConvertedType::UINT_16 => Kind::Unsigned(16),
            ConvertedType::UINT_32 => Kind::Unsigned(32),
            ConvertedType::UINT_64 => Kind::Unsigned(64),
            ConvertedType::INTERVAL => Kind::Interval,
            _ => Kind::Plain,
        })
    }
}

/// The leaves of a schema in the order of the columns of a row group; those without a list or map on the way get their column.
pub(super) fn leaves(schema: &SchemaDescriptor, places: &mut Places) -> Result<Vec<Leaf>, Fault> {
    let mut walk = Walk { schema, leaves: Vec::new() };
    let root = schema.root_schema();
    if root.is_primitive() {
        return Err(Fault::broken("its schema is broken"));
    }
    for field in root.get_fields() {
        walk.field(field, &Way::default())?;
    }
    let mut leaves = walk.leaves;
    for leaf in &mut leaves {
        let names: Option<Vec<&str>> = leaf.steps.iter().map(Step::name).collect();
        if let (Some(names), false) = (names, leaf.is_key) {
            leaf.place = Some(places.add(names.join("."))?);
        }
    }
    Ok(leaves)
}

/// Durations, which Parquet has no kind for: they are whole numbers, and only the Arrow schema that some writers leave in the file
/// tells in which unit. One that cannot be read tells nothing.
pub(super) fn tell_durations(leaves: &mut [Leaf], schema: &[Field]) {
    for field in schema {
        let arrow::Kind::Duration { unit } = field.kind else { continue };
        for leaf in leaves.iter_mut().filter(|leaf| leaf.kind == Kind::Plain) {
            if matches!(leaf.steps.as_slice(), [Step::Name(name)] if *name == field.name) {
                leaf.kind = Kind::Duration(unit);
            }
        }
    }
}

impl Step {
    fn name(&self) -> Option<&str> {
        match self {
            Step::Name(name) => Some(name),
            Step::Item(_) | Step::Key(..) => None,
        }
    }
}

/// How far the walk has come.
#[derive(Debug, Clone, Default)]
struct Way {
    steps: Vec<Step>,
    defined: i16,
    /// Whether the next field is the item of a list or the value of a map, whose own name says nothing.
    unnamed: bool,
    is_key: bool,
}

impl Way {
    fn to(&self, step: Option<Step>, repetition: Repetition) -> Self {
        let mut way = self.clone();
        way.unnamed = false;
        way.defined += i16::from(repetition != Repetition::REQUIRED);
        way.steps.extend(step);
        way
    }
}

struct Walk<'s> {
    schema: &'s SchemaDescriptor,
    leaves: Vec<Leaf>,
}

fn repetition(field: &Type) -> Repetition {
    let info = field.get_basic_info();
    if info.has_repetition() { info.repetition() } else { Repetition::REQUIRED }
}

impl Walk<'_> {
    fn field(&mut self, field: &Type, way: &Way) -> Result<(), Fault> {
        Fault::check_name(field.name())?;
        let repetition = repetition(field);
        let name = (!way.unnamed).then(|| Step::Name(field.name().to_owned()));
        let mut way = way.to(name, repetition);
        // A repeated field that no list is around is a list itself.
        if repetition == Repetition::REPEATED {
            way.steps.push(Step::Item(way.defined));
        }
        if field.is_primitive() {
            return self.leaf(way);
        }
        let info = field.get_basic_info();
        let (converted, logical) = (info.converted_type(), info.logical_type_ref());
        let inner = match field.get_fields() {
            [only] if self::repetition(only) == Repetition::REPEATED => Some(only),
            _ => None,
        };
        match inner {
            Some(inner) if converted == ConvertedType::LIST || logical == Some(&LogicalType::List) => {
                self.list(inner, &way)
            }
            Some(inner)
                if matches!(converted, ConvertedType::MAP | ConvertedType::MAP_KEY_VALUE)
                    || logical == Some(&LogicalType::Map) =>
            {
                self.map(inner, &way)
            }
            _ => field.get_fields().iter().try_for_each(|child| self.field(child, &way)),
        }
    }

    /// A list, whose repeated field is the item, as it once was, or a group around it.
    fn list(&mut self, repeated: &Type, way: &Way) -> Result<(), Fault> {
        let mut item = way.to(None, Repetition::REPEATED);
        item.steps.push(Step::Item(item.defined));
        if repeated.is_primitive() {
            return self.leaf(item);
        }
        let named = |name: &str| name == "array" || name.ends_with("_tuple");
        match repeated.get_fields() {
            [only] if repetition(only) != Repetition::REPEATED && !named(repeated.name()) => {
                item.unnamed = true;
                self.field(only, &item)
            }
            fields => fields.iter().try_for_each(|child| self.field(child, &item)),
        }
    }

    /// A map, whose keys become a part of the paths. Those of maps inside lists do not: there, pairs are items with two fields.
    fn map(&mut self, repeated: &Type, way: &Way) -> Result<(), Fault> {
        let outermost = way.steps.iter().all(|step| step.name().is_some());
        let fields = if repeated.is_primitive() { &[] } else { repeated.get_fields() };
        let [key, value] = fields else { return self.list(repeated, way) };
        if !outermost || !key.is_primitive() || repetition(key) != Repetition::REQUIRED {
            return self.list(repeated, way);
        }
        let mut pair = way.to(None, Repetition::REPEATED);
        let keys = self.leaves.len();
        let (defined, unnamed) = (pair.defined, true);
        pair.steps.push(Step::Key(defined, keys));
        self.field(key, &Way { is_key: true, unnamed, ..pair.clone() })?;
        self.field(value, &Way { unnamed, ..pair })
    }

    fn leaf(&mut self, mut way: Way) -> Result<(), Fault> {
        let index = self.leaves.len();
        if index >= self.schema.num_columns() {
            return Err(Fault::broken("its schema is broken"));
        }
        let column = self.schema.column(index);
        if way.defined != column.max_def_level() {
            return Err(Fault::broken("its schema is broken"));
        }
        let joined = match way.steps.last() {
            Some(Step::Item(defined)) => Some(*defined),
            _ => None,
        };
        if joined.is_some() {
            way.steps.pop();
        }
        let kind = Kind::of(&column);
        let name = column.path().string();
        if kind == Kind::Half && column.physical_type() != Physical::FIXED_LEN_BYTE_ARRAY {
            return Err(Fault::broken("its schema is broken"));
        }
        let Way { steps, defined, is_key, .. } = way;
        self.leaves.push(Leaf { name, steps, joined, place: None, is_key, kind, defined });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use parquet::schema::parser::parse_message_type;

    use super::*;

    /// The leaves of a schema as paths: `[]` is an item, `{}` a key, `*` a joined list.
    fn paths(schema: &str) -> Vec<String> {
        let schema = SchemaDescriptor::new(Arc::new(parse_message_type(schema).unwrap()));
        let mut places = Places::default();
        let written = |leaf: &Leaf| {
            let step = |step: &Step| match step {
                Step::Name(name) => name.clone(),
                Step::Item(_) => "[]".into(),
                Step::Key(..) => "{}".into(),
            };
            let path: Vec<String> = leaf.steps.iter().map(step).collect();
            format!("{}{}", path.join("."), if leaf.joined.is_some() { "*" } else { "" })
        };
        leaves(&schema, &mut places).unwrap().iter().map(written).collect()
    }

    #[test]
    fn structs_lists_and_maps_are_on_the_way() {
        let schema = "message m {
            required binary note (UTF8);
            optional group comment { optional binary body (UTF8); optional group author { optional int64 id; } }
            optional group tags (LIST) { repeated group list { optional binary element (UTF8); } }
            optional group who (LIST) { repeated group list { optional group element { optional binary name (UTF8); } } }
            optional group matrix (LIST) { repeated group list { optional group element (LIST) {
                repeated group list { optional int32 element; } } } }
            optional group attributes (MAP) { repeated group key_value { required binary key (UTF8); optional int32 value; } }
        }";
        let expected =
            ["note", "comment.body", "comment.author.id", "tags*", "who.[].name", "matrix.[]*", "attributes.{}"];
        let paths = paths(schema);
        assert_eq!(paths[..6], expected[..6]);
        assert_eq!(paths[6..], ["attributes.{}", "attributes.{}"]);
    }

    #[test]
    fn lists_as_they_once_were() {
        let schema = "message m {
            repeated int32 bare;
            repeated group line { optional int32 a; }
            optional group two (LIST) { repeated int32 element; }
            optional group avro (LIST) { repeated group array { required int32 a; } }
            optional group thrift (LIST) { repeated group thrift_tuple { required int32 a; } }
            optional group pairs (LIST) { repeated group element { required int32 a; required int32 b; } }
            optional group in_list (LIST) { repeated group list { optional group element (MAP) {
                repeated group key_value { required int32 key; optional int32 value; } } } }
        }";
        let expected = [
            "bare*",
            "line.[].a",
            "two*",
            "avro.[].a",
            "thrift.[].a",
            "pairs.[].a",
            "pairs.[].b",
            "in_list.[].[].key",
            "in_list.[].[].value",
        ];
        assert_eq!(paths(schema), expected);
    }
}
