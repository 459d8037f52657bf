//! What a change breaks: the difference of two trees, the overlay, the one answer.
