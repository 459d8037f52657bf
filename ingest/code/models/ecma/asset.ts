// A file that is imported for its data: JSON, styles, images. Nothing of it can be called.
export default {};
