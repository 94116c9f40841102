//! Weight files of other programs, read without executing anything, and where to find or fetch them.
