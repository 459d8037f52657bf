//! placeholder: one resolver links facts across files
