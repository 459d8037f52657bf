//! The grammar's node kinds and fields as numbers, looked up once.
//!
//! Goes in: a node. Comes out: a [`Kind`] to match on. It never compares strings per node.

use smallvec::SmallVec;
use std::sync::LazyLock;
use tree_sitter::{Language, Node};

macro_rules! kinds {
    ($($variant:ident = $text:literal),+ $(,)?) => {
        /// A node kind that lowering looks at; everything else is `Other`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Kind { Other, $($variant),+ }

        fn kind_of(text: &str) -> Kind {
            match text { $($text => Kind::$variant,)+ _ => Kind::Other }
        }
    };
}

kinds! {
    ArgumentList = "argument_list", ArrayType = "array_type",
    AssignmentStatement = "assignment_statement", BinaryExpression = "binary_expression",
    BlankIdentifier = "blank_identifier", Block = "block", CallExpression = "call_expression",
    ChannelType = "channel_type", Comment = "comment",
    CommunicationCase = "communication_case", CompositeLiteral = "composite_literal",
    ConstDeclaration = "const_declaration", ConstSpec = "const_spec",
    DecStatement = "dec_statement", DefaultCase = "default_case",
    DeferStatement = "defer_statement", Dot = "dot", ExpressionCase = "expression_case",
    ExpressionList = "expression_list", ExpressionStatement = "expression_statement",
    ExpressionSwitch = "expression_switch_statement", FieldDeclaration = "field_declaration",
    FieldDeclarationList = "field_declaration_list", FieldIdentifier = "field_identifier",
    ForClause = "for_clause", ForStatement = "for_statement", FuncLiteral = "func_literal",
    FunctionDeclaration = "function_declaration", FunctionType = "function_type",
    GenericType = "generic_type", GoStatement = "go_statement", Identifier = "identifier",
    IfStatement = "if_statement", ImplicitLengthArrayType = "implicit_length_array_type",
    ImportDeclaration = "import_declaration", ImportSpec = "import_spec",
    ImportSpecList = "import_spec_list", IncStatement = "inc_statement",
    IndexExpression = "index_expression", IntLiteral = "int_literal",
    InterfaceType = "interface_type", InterpretedString = "interpreted_string_literal",
    KeyedElement = "keyed_element", LabeledStatement = "labeled_statement",
    LiteralElement = "literal_element", LiteralValue = "literal_value", MapType = "map_type",
    MethodDeclaration = "method_declaration", MethodElem = "method_elem",
    NegatedType = "negated_type", Nil = "nil", PackageClause = "package_clause",
    PackageIdentifier = "package_identifier", ParameterDeclaration = "parameter_declaration",
    ParameterList = "parameter_list", ParenthesizedExpression = "parenthesized_expression",
    ParenthesizedType = "parenthesized_type", PointerType = "pointer_type",
    QualifiedType = "qualified_type", RangeClause = "range_clause",
    RawString = "raw_string_literal", ReceiveStatement = "receive_statement",
    ReturnStatement = "return_statement", SelectorExpression = "selector_expression",
    SelectStatement = "select_statement", SendStatement = "send_statement",
    ShortVarDeclaration = "short_var_declaration", SliceExpression = "slice_expression",
    SliceType = "slice_type", StatementList = "statement_list", StructType = "struct_type",
    TypeAlias = "type_alias", TypeArguments = "type_arguments",
    TypeAssertion = "type_assertion_expression", TypeCase = "type_case",
    TypeConstraint = "type_constraint", TypeConversion = "type_conversion_expression",
    TypeDeclaration = "type_declaration", TypeElem = "type_elem",
    TypeIdentifier = "type_identifier", TypeInstantiation = "type_instantiation_expression",
    TypeParameterDeclaration = "type_parameter_declaration",
    TypeParameterList = "type_parameter_list", TypeSpec = "type_spec",
    TypeSwitch = "type_switch_statement", UnaryExpression = "unary_expression",
    VarDeclaration = "var_declaration", VarSpec = "var_spec", VarSpecList = "var_spec_list",
    VariadicArgument = "variadic_argument",
    VariadicParameter = "variadic_parameter_declaration",
}

macro_rules! fields {
    ($($field:ident = $text:literal),+ $(,)?) => {
        /// The grammar's fields.
        #[derive(Debug)]
        pub(super) struct Fields { $(pub(super) $field: u16),+ }

        impl Fields {
            fn new(language: &Language) -> Self {
                Self { $($field: language.field_id_for_name($text).map_or(u16::MAX, |id| id.get())),+ }
            }
        }
    };
}

fields! {
    alias = "alias", alternative = "alternative", arguments = "arguments", body = "body",
    capacity = "capacity", channel = "channel", communication = "communication",
    condition = "condition", consequence = "consequence", element = "element", end = "end",
    field = "field", function = "function", index = "index", initializer = "initializer",
    key = "key", left = "left", name = "name", operand = "operand",
    operator = "operator", package = "package", parameters = "parameters", path = "path",
    receiver = "receiver", result = "result", right = "right", start = "start", type_ = "type",
    type_arguments = "type_arguments", type_parameters = "type_parameters", update = "update",
    value = "value",
}

/// The numbers of the grammar in use.
#[derive(Debug)]
pub(super) struct Grammar {
    /// The grammar itself.
    pub(super) language: Language,
    /// Its fields.
    pub(super) fields: Fields,
    /// Kinds of comments.
    pub(super) comments: [u16; 1],
    /// Kinds whose text is one token.
    pub(super) opaque: [u16; 2],
    kinds: Vec<Kind>,
}

static GRAMMAR: LazyLock<Grammar> = LazyLock::new(|| {
    let language: Language = tree_sitter_go::LANGUAGE.into();
    let kinds = (0..language.node_kind_count() as u16)
        .map(|id| match language.node_kind_for_id(id) {
            Some(text) if language.node_kind_is_named(id) => kind_of(text),
            _ => Kind::Other,
        })
        .collect();
    Grammar {
        fields: Fields::new(&language),
        comments: [language.id_for_node_kind("comment", true)],
        opaque: [
            language.id_for_node_kind("interpreted_string_literal", true),
            language.id_for_node_kind("raw_string_literal", true),
        ],
        kinds,
        language,
    }
});

/// The grammar, looked up at the first use.
pub(super) fn grammar() -> &'static Grammar {
    &GRAMMAR
}

impl Grammar {
    /// The kind of a node.
    pub(super) fn kind(&self, node: Node<'_>) -> Kind {
        self.kinds
            .get(node.kind_id() as usize)
            .copied()
            .unwrap_or(Kind::Other)
    }
}

/// The named children of a node without comments.
pub(super) fn children(node: Node<'_>) -> SmallVec<[Node<'_>; 6]> {
    let mut cursor = node.walk();
    let mut out = SmallVec::new();
    if cursor.goto_first_child() {
        loop {
            let child = cursor.node();
            if child.is_named() && !child.is_extra() {
                out.push(child);
            }
            if !cursor.goto_next_sibling() {
                break;
            }
        }
    }
    out
}

/// The children of a node under one field, in order, named ones only.
pub(super) fn children_of(node: Node<'_>, field: u16) -> SmallVec<[Node<'_>; 4]> {
    let mut cursor = node.walk();
    let mut out = SmallVec::new();
    if cursor.goto_first_child() {
        loop {
            let child = cursor.node();
            if cursor.field_id().is_some_and(|f| f.get() == field) && child.is_named() {
                out.push(child);
            }
            if !cursor.goto_next_sibling() {
                break;
            }
        }
    }
    out
}
