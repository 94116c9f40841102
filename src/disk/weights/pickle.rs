//! Reads a pickle without executing anything: it builds plain values, and writes down the few calls that PyTorch
//! itself makes instead of making them. Every other name a pickle asks for is refused. Knows nothing of files.
//!
//! Opcodes are those of `pickletools`, protocols 0 to 5. A hostile pickle costs an error, not memory: values live in
//! one arena (shared and cyclic structures neither multiply nor recurse), and there is a limit on how many.

use std::collections::BTreeMap;

use super::element::{StorageType, storage_type};
use super::scanner::{PickleError, Result, Scanner};

/// Far above any state_dict (a ResNet-50's needs about 7,000), and still harmless to hold.
const MAX_VALUES: usize = 2_000_000;

/// Where a value lies in its [`Pickle`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Id(u32);

#[derive(Debug, PartialEq)]
pub(super) enum Value<'a> {
    None,
    Bool(bool),
    Int(i64),
    /// An integer of more than 64 bits, little-endian two's complement.
    BigInt(&'a [u8]),
    Float,
    Text(&'a str),
    Bytes,
    Tuple(Vec<Id>),
    List(Vec<Id>),
    Dict(Vec<(Id, Id)>),
    Name(Name),
    /// An object that the writer keeps outside the pickle (a storage), and how it describes it.
    Host(Id),
    /// A call that Python would have made.
    Call {
        function: Name,
        arguments: Id,
    },
}

/// The names a pickle may ask for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Name {
    OrderedDict,
    Size,
    /// `(storage, offset, shape, strides, …)`.
    RebuildTensor,
    /// `(tensor, …)`.
    RebuildParameter,
    Storage(&'static StorageType),
}

/// The refusal, if these bytes are a pickle that asks for a name it must not have; for files that are not weights anyway.
pub(super) fn refused_name(bytes: &[u8]) -> Option<String> {
    match Pickle::read(bytes) {
        Err(refused @ PickleError::Refused(_)) => Some(refused.to_string()),
        _ => None,
    }
}

/// What one pickle describes.
#[derive(Debug)]
pub(super) struct Pickle<'a> {
    values: Vec<Value<'a>>,
    root: Id,
    /// How many bytes it took, up to and with its STOP.
    pub n_bytes: usize,
}

impl<'a> Pickle<'a> {
    /// Reads the pickle at the beginning of `bytes`; what follows it is left alone.
    ///
    /// # Errors
    /// It is cut off or broken, holds more than any `state_dict`, or asks for a name that it must not have.
    pub fn read(bytes: &'a [u8]) -> Result<Self> {
        let mut machine = Machine {
            input: Scanner { bytes, at: 0 },
            n_copied: 0,
            values: Vec::new(),
            stack: Vec::new(),
            marks: Vec::new(),
            memo: BTreeMap::new(),
        };
        let root = machine.run()?;
        Ok(Pickle {
            values: machine.values,
            root,
            n_bytes: machine.input.at,
        })
    }

    pub fn root(&self) -> &Value<'a> {
        self.get(self.root)
    }

    pub fn get(&self, id: Id) -> &Value<'a> {
        &self.values[id.0 as usize]
    }

    /// All values, used or not, in the order in which they came up.
    pub fn values(&self) -> &[Value<'a>] {
        &self.values
    }
}

struct Machine<'a> {
    input: Scanner<'a>,
    values: Vec<Value<'a>>,
    /// Entries that an OrderedDict took over from a list, which they are still in.
    n_copied: usize,
    stack: Vec<Id>,
    marks: Vec<usize>,
    memo: BTreeMap<u64, Id>,
}

impl<'a> Machine<'a> {
    fn run(&mut self) -> Result<Id> {
        loop {
            let [opcode] = self.input.take_array()?;
            match opcode {
                b'.' => return self.pop(),
                // Framing and the protocol number say nothing that the opcodes do not.
                0x80 => drop(self.input.take(1)?),
                0x95 => drop(self.input.take(8)?),
                b'(' | b'0' | b'1' | b'2' => self.move_stack(opcode)?,
                b'p' | b'q' | b'r' | 0x94 => self.put(opcode)?,
                b'g' | b'h' | b'j' => self.recall(opcode)?,
                b'c' | 0x93 | b'i' => self.name(opcode)?,
                b'R' | 0x81 | b'Q' | b'b' => self.object(opcode)?,
                b'a' | b'e' | b's' | b'u' => self.fill(opcode)?,
                b't' | b'l' | b'd' | b')' | b']' | b'}' | 0x85..=0x87 => self.container(opcode)?,
                _ => self.scalar(opcode)?,
            }
            let n_held = [
                self.values.len(),
                self.stack.len(),
                self.marks.len(),
                self.memo.len(),
                self.n_copied,
            ];
            if n_held.iter().any(|&n| n > MAX_VALUES) {
                return Err(self.broken("it holds more values than any state_dict"));
            }
        }
    }

    /// MARK, POP, POP_MARK, DUP.
    fn move_stack(&mut self, opcode: u8) -> Result<()> {
        match opcode {
            b'(' => self.marks.push(self.stack.len()),
            // POP takes a mark away where one lies on top.
            b'0' if self.marks.last() == Some(&self.stack.len()) => drop(self.marks.pop()),
            b'0' => drop(self.pop()?),
            b'1' => drop(self.pop_to_mark()?),
            _ => self.stack.push(self.top()?),
        }
        Ok(())
    }

    /// PUT, BINPUT, LONG_BINPUT, MEMOIZE.
    fn put(&mut self, opcode: u8) -> Result<()> {
        let key = match opcode {
            b'p' => self.input.decimal_line()?,
            b'q' => self.input.unsigned(1)?,
            b'r' => self.input.unsigned(4)?,
            _ => self.memo.len() as u64,
        };
        let top = self.top()?;
        self.memo.insert(key, top);
        Ok(())
    }

    /// GET, BINGET, LONG_BINGET.
    fn recall(&mut self, opcode: u8) -> Result<()> {
        let key = match opcode {
            b'g' => self.input.decimal_line()?,
            b'h' => self.input.unsigned(1)?,
            _ => self.input.unsigned(4)?,
        };
        let id = *self
            .memo
            .get(&key)
            .ok_or_else(|| self.broken("it recalls what it never stored"))?;
        self.stack.push(id);
        Ok(())
    }

    /// GLOBAL, STACK_GLOBAL, INST: where other readers import and run whatever the file names.
    fn name(&mut self, opcode: u8) -> Result<()> {
        let (module, name) = if opcode == 0x93 {
            let (name, module) = (self.pop()?, self.pop()?);
            match (self.value(module), self.value(name)) {
                (Value::Text(module), Value::Text(name)) => (*module, *name),
                _ => return Err(self.broken("a name is not text")),
            }
        } else {
            (self.input.line()?, self.input.line()?)
        };
        let is_name = |text: &str| {
            text.bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.'))
        };
        if !is_name(module) || !is_name(name) {
            return Err(self.broken("a name with a character that names have not"));
        }
        let allowed = match (module, name) {
            ("collections", "OrderedDict") => Name::OrderedDict,
            ("torch", "Size") => Name::Size,
            ("torch._utils", "_rebuild_tensor" | "_rebuild_tensor_v2") => Name::RebuildTensor,
            ("torch._utils", "_rebuild_parameter") | ("torch.nn.parameter", "Parameter") => {
                Name::RebuildParameter
            }
            _ => storage_type(name)
                .filter(|_| matches!(module, "torch" | "torch.storage"))
                .map(Name::Storage)
                .ok_or_else(|| PickleError::Refused(readable_name(module, name)))?,
        };
        if opcode == b'i' {
            return Err(self.broken("it makes an object in a way that torch.save does not"));
        }
        self.push(Value::Name(allowed))
    }

    /// REDUCE and NEWOBJ (a call), BINPERSID (a storage), BUILD (attributes of an object).
    fn object(&mut self, opcode: u8) -> Result<()> {
        let last = self.pop()?;
        match opcode {
            b'Q' => self.push(Value::Host(last)),
            // Attributes: the `_metadata` of a state_dict, the hooks of a parameter. Nothing we read.
            b'b' => match self.value(self.top()?) {
                Value::Dict(_) | Value::Call { .. } => Ok(()),
                _ => Err(self.broken("it sets attributes of something that has none")),
            },
            _ => {
                let callee = self.pop()?;
                let (Value::Name(function), Value::Tuple(arguments)) = (self.value(callee), self.value(last))
                else {
                    return Err(self.broken("it calls something that is not a function"));
                };
                match (*function, arguments.first().copied()) {
                    (Name::OrderedDict, None) => self.push(Value::Dict(Vec::new())),
                    (Name::OrderedDict, Some(pairs)) => self.dict_from_pairs(pairs),
                    (Name::Size, Some(sizes)) => {
                        self.stack.push(sizes);
                        Ok(())
                    }
                    (function, _) => self.push(Value::Call {
                        function,
                        arguments: last,
                    }),
                }
            }
        }
    }

    /// `OrderedDict([(key, value), …])`, as Python 2 wrote it.
    fn dict_from_pairs(&mut self, pairs: Id) -> Result<()> {
        let Value::List(pairs) = self.value(pairs) else {
            return Err(self.broken("an OrderedDict of something that is not a list"));
        };
        let entries: Option<Vec<(Id, Id)>> = pairs
            .iter()
            .map(|&pair| match self.value(pair) {
                Value::Tuple(p) | Value::List(p) => Some((*p.first()?, *p.get(1)?)),
                _ => None,
            })
            .collect();
        let entries = entries.ok_or_else(|| self.broken("an OrderedDict of something that is not a pair"))?;
        self.n_copied += entries.len();
        self.push(Value::Dict(entries))
    }

    /// APPEND, APPENDS, SETITEM, SETITEMS.
    fn fill(&mut self, opcode: u8) -> Result<()> {
        let new = match opcode {
            b'a' => vec![self.pop()?],
            b's' => {
                let (value, key) = (self.pop()?, self.pop()?);
                vec![key, value]
            }
            _ => self.pop_to_mark()?,
        };
        let Id(target) = self.top()?;
        match (&mut self.values[target as usize], opcode) {
            (Value::List(items), b'a' | b'e') => items.extend(new),
            (Value::Dict(entries), b's' | b'u') => entries.extend(pairs(&new)),
            _ => return Err(self.broken("it fills something that is not a list or dict")),
        }
        Ok(())
    }

    /// TUPLE, LIST, DICT, the empty ones, TUPLE1 to TUPLE3.
    fn container(&mut self, opcode: u8) -> Result<()> {
        let value = match opcode {
            b')' => Value::Tuple(Vec::new()),
            b']' => Value::List(Vec::new()),
            b'}' => Value::Dict(Vec::new()),
            b't' => Value::Tuple(self.pop_to_mark()?),
            b'l' => Value::List(self.pop_to_mark()?),
            b'd' => Value::Dict(pairs(&self.pop_to_mark()?).collect()),
            _ => {
                let n = usize::from(opcode - 0x84);
                let floor = self.marks.last().copied().unwrap_or(0);
                let start = self.stack.len().checked_sub(n).filter(|&start| start >= floor);
                let start = start.ok_or_else(|| self.broken("a tuple of more than there is"))?;
                Value::Tuple(self.stack.split_off(start))
            }
        };
        self.push(value)
    }

    fn scalar(&mut self, opcode: u8) -> Result<()> {
        let value = match opcode {
            b'N' => Value::None,
            0x88 | 0x89 => Value::Bool(opcode == 0x88),
            b'J' => Value::Int(i32::from_le_bytes(self.input.take_array()?).into()),
            b'K' => Value::Int(self.input.unsigned(1)? as i64),
            b'M' => Value::Int(self.input.unsigned(2)? as i64),
            0x8a => integer(self.input.take_counted(1)?),
            0x8b => integer(self.input.take_counted(4)?),
            b'I' | b'L' => match self.input.line()? {
                flag @ ("00" | "01") => Value::Bool(flag == "01"),
                digits => Value::Int(self.input.parse(digits.trim_end_matches('L'))?),
            },
            b'G' => {
                self.input.take(8)?;
                Value::Float
            }
            b'F' => {
                self.input.line()?;
                Value::Float
            }
            b'U' | 0x8c => Value::Text(self.input.text(1)?),
            b'T' | b'X' => Value::Text(self.input.text(4)?),
            0x8d => Value::Text(self.input.text(8)?),
            // Left as escaped: no parameter's name needs an escape.
            b'V' => Value::Text(self.input.line()?),
            b'S' => Value::Text(self.input.line()?.trim_matches(['\'', '"'])),
            b'C' => self.bytes(1)?,
            b'B' => self.bytes(4)?,
            0x8e | 0x96 => self.bytes(8)?,
            _ => return Err(self.broken("it uses an instruction that torch.save does not")),
        };
        self.push(value)
    }

    fn bytes(&mut self, n_length_bytes: usize) -> Result<Value<'a>> {
        self.input.take_counted(n_length_bytes)?;
        Ok(Value::Bytes)
    }

    fn push(&mut self, value: Value<'a>) -> Result<()> {
        let id = u32::try_from(self.values.len()).map_err(|_| self.broken("too many values"))?;
        self.values.push(value);
        self.stack.push(Id(id));
        Ok(())
    }

    fn pop(&mut self) -> Result<Id> {
        let top = self.top()?;
        self.stack.pop();
        Ok(top)
    }

    /// The topmost value above the last mark.
    fn top(&self) -> Result<Id> {
        let floor = self.marks.last().copied().unwrap_or(0);
        let top = self.stack.last().filter(|_| self.stack.len() > floor);
        top.copied()
            .ok_or_else(|| self.broken("it takes from an empty stack"))
    }

    fn pop_to_mark(&mut self) -> Result<Vec<Id>> {
        let mark = self.marks.pop().ok_or_else(|| self.broken("a mark is missing"))?;
        Ok(self.stack.split_off(mark))
    }

    fn value(&self, id: Id) -> &Value<'a> {
        &self.values[id.0 as usize]
    }

    fn broken(&self, what: &'static str) -> PickleError {
        self.input.broken(what)
    }
}

/// LONG1 and LONG4: any number of bytes.
fn integer(bytes: &[u8]) -> Value<'_> {
    if bytes.len() > 8 {
        return Value::BigInt(bytes);
    }
    let negative = bytes.last().is_some_and(|b| b & 0x80 != 0);
    let mut all = [if negative { 0xff } else { 0 }; 8];
    all[..bytes.len()].copy_from_slice(bytes);
    Value::Int(i64::from_le_bytes(all))
}

fn pairs(flat: &[Id]) -> impl Iterator<Item = (Id, Id)> {
    flat.as_chunks::<2>().0.iter().map(|&[key, value]| (key, value))
}

/// `os.system` lies in the pickle under the name of the module that implements it.
fn readable_name(module: &str, name: &str) -> String {
    match module {
        "posix" | "nt" => format!("os.{name} ({module}.{name})"),
        "__builtin__" => format!("builtins.{name}"),
        _ => format!("{module}.{name}"),
    }
}

#[cfg(test)]
mod tests;
