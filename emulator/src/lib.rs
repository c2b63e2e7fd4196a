//! A local Scalekit to develop and test against.
