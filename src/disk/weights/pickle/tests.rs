//! Pickles made by hand, most of them hostile.

use super::*;

#[test]
fn hostile_pickles_end_in_an_error() {
    let endless = b"N".repeat(MAX_VALUES + 1);
    // One list of 10,000 pairs (the same one), made into 1,000 dicts.
    let copies = [
        b"K\x01K\x02\x86q\x010ccollections\nOrderedDict\nq\x02](".to_vec(),
        b"h\x01".repeat(10_000),
        b"e\x85q\x030".to_vec(),
        b"h\x02h\x03R".repeat(1_000),
    ]
    .concat();
    let cases: &[(&[u8], &str)] = &[
        (b"cposix\nsystem\n.", "wants to call os.system (posix.system)"),
        (
            b"\x80\x04\x8c\x08builtins\x8c\x04eval\x93.",
            "wants to call builtins.eval",
        ),
        (b"(ios\nsystem\n.", "wants to call os.system"),
        (b"ctorch\nload\n.", "wants to call torch.load"),
        (
            b"ctorch._utils\n_rebuild_tensor_v2.__globals__\n.",
            "_v2.__globals__",
        ),
        (
            b"cnumpy.core.multiarray\nFloatStorage\n.",
            "wants to call numpy.core.multiarray.FloatStorage",
        ),
        (b"X\xff\xff\xff\xff", "truncated"),
        (b"\x8d\xff\xff\xff\xff\xff\xff\xff\xff", "truncated"),
        (b"", "truncated"),
        (b".", "empty stack"),
        (b"N(.", "empty stack"),
        (b"K\x01(\x85.", "a tuple of more than there is"),
        (b"u.", "a mark is missing"),
        (b"h\x05.", "recalls what it never stored"),
        (b"K\x01K\x02a.", "fills something that is not a list"),
        (b"K\x01)R.", "calls something that is not a function"),
        (b"\x82\x01.", "an instruction that torch.save does not"),
        (b"I12x\n.", "a number that is none"),
        (&endless, "more values than any state_dict"),
        (&copies, "more values than any state_dict"),
    ];
    for (bytes, expected) in cases {
        let message = Pickle::read(bytes).unwrap_err().to_string();
        assert!(
            message.contains(expected),
            "{message:?} does not say {expected:?}"
        );
    }
}

#[test]
fn a_cycle_and_deep_nesting_are_plain_values() {
    let cycle = Pickle::read(b"\x80\x02]q\x00h\x00a.").unwrap();
    assert_eq!(*cycle.root(), Value::List(vec![Id(0)]));
    let n = 100_000;
    let nested = [b"]".repeat(n), b"a".repeat(n - 1), b".".to_vec()].concat();
    assert_eq!(*Pickle::read(&nested).unwrap().root(), Value::List(vec![Id(1)]));
}

#[test]
fn values_of_every_protocol() {
    let cases: &[(&[u8], Value)] = &[
        (b"I-3\n.", Value::Int(-3)),
        (b"L70000L\n.", Value::Int(70_000)),
        (b"I01\n.", Value::Bool(true)),
        (b"J\xfe\xff\xff\xff.", Value::Int(-2)),
        (b"M\x00\x01.", Value::Int(256)),
        (b"\x8a\x00.", Value::Int(0)),
        (b"\x8a\x01\xff.", Value::Int(-1)),
        (b"\x8a\x09123456789.", Value::BigInt(b"123456789")),
        (b"S'fc.weight'\n.", Value::Text("fc.weight")),
        (b"U\x02fc.", Value::Text("fc")),
        (
            b"\x80\x05\x95\x04\x00\x00\x00\x00\x00\x00\x00\x8c\x02fc.",
            Value::Text("fc"),
        ),
        (b"G\x3f\xf0\x00\x00\x00\x00\x00\x00.", Value::Float),
        (b"C\x02ab.", Value::Bytes),
        (b"ccollections\nOrderedDict\n)R.", Value::Dict(vec![])),
        (
            b"ccollections\nOrderedDict\n(]](K\x01K\x02eatR.",
            Value::Dict(vec![(Id(3), Id(4))]),
        ),
        (
            b"ctorch\nFloatStorage\n.",
            Value::Name(Name::Storage(storage_type("FloatStorage").unwrap())),
        ),
        (b"K\x01(K\x02K\x031.", Value::Int(1)),
    ];
    for (bytes, expected) in cases {
        assert_eq!(
            Pickle::read(bytes).unwrap().root(),
            expected,
            "{:?}",
            String::from_utf8_lossy(bytes)
        );
    }
    let two = b"K\x01.K\x02.";
    assert_eq!(Pickle::read(two).unwrap().n_bytes, 3);
}
