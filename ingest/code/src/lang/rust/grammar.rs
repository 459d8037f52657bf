//! The grammar's node kinds and fields as numbers, looked up once.
//!
//! Goes in: a node. Comes out: a [`Kind`] to match on. It never compares strings per node.

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
    ArrayExpression = "array_expression", ArrayType = "array_type", AbstractType = "abstract_type",
    Arguments = "arguments", AssignmentExpression = "assignment_expression",
    AssociatedType = "associated_type", AsyncBlock = "async_block", Attribute = "attribute",
    AttributeItem = "attribute_item", AwaitExpression = "await_expression",
    BaseFieldInitializer = "base_field_initializer", BinaryExpression = "binary_expression",
    Block = "block", BlockComment = "block_comment", BooleanLiteral = "boolean_literal",
    BoundedType = "bounded_type", BracketedType = "bracketed_type",
    BreakExpression = "break_expression", CallExpression = "call_expression",
    CapturedPattern = "captured_pattern", CharLiteral = "char_literal",
    ClosureExpression = "closure_expression", CompoundAssignment = "compound_assignment_expr",
    ConstBlock = "const_block", ConstItem = "const_item", ConstParameter = "const_parameter",
    Crate = "crate", DeclarationList = "declaration_list", DynamicType = "dynamic_type",
    ElseClause = "else_clause", EnumItem = "enum_item", EnumVariant = "enum_variant",
    ExpressionStatement = "expression_statement", ExternCrate = "extern_crate_declaration",
    FieldDeclaration = "field_declaration", FieldDeclarationList = "field_declaration_list",
    FieldExpression = "field_expression", FieldIdentifier = "field_identifier",
    FieldInitializer = "field_initializer", FieldPattern = "field_pattern",
    FloatLiteral = "float_literal", ForExpression = "for_expression",
    ForeignModItem = "foreign_mod_item", FunctionItem = "function_item",
    FunctionSignatureItem = "function_signature_item", FunctionType = "function_type",
    GenBlock = "gen_block", GenericFunction = "generic_function",
    GenericPattern = "generic_pattern", GenericType = "generic_type",
    GenericTypeWithTurbofish = "generic_type_with_turbofish",
    HigherRankedTraitBound = "higher_ranked_trait_bound", Identifier = "identifier",
    IfExpression = "if_expression", ImplItem = "impl_item",
    IndexExpression = "index_expression", InnerAttributeItem = "inner_attribute_item",
    IntegerLiteral = "integer_literal", Label = "label", LetChain = "let_chain",
    LetCondition = "let_condition", LetDeclaration = "let_declaration", Lifetime = "lifetime",
    LineComment = "line_comment", LoopExpression = "loop_expression",
    MacroDefinition = "macro_definition", MacroInvocation = "macro_invocation",
    MacroRule = "macro_rule", MatchArm = "match_arm", MatchBlock = "match_block",
    MatchExpression = "match_expression", MatchPattern = "match_pattern",
    Metavariable = "metavariable", ModItem = "mod_item", MutPattern = "mut_pattern",
    MutableSpecifier = "mutable_specifier", NegativeLiteral = "negative_literal",
    NeverType = "never_type", OrPattern = "or_pattern",
    OrderedFieldDeclarationList = "ordered_field_declaration_list", Parameter = "parameter",
    Parameters = "parameters", ParenthesizedExpression = "parenthesized_expression",
    PointerType = "pointer_type", PrimitiveType = "primitive_type",
    QualifiedType = "qualified_type", RangeExpression = "range_expression",
    RangePattern = "range_pattern", RawStringLiteral = "raw_string_literal",
    RefPattern = "ref_pattern", ReferenceExpression = "reference_expression",
    ReferencePattern = "reference_pattern", ReferenceType = "reference_type",
    RemainingFieldPattern = "remaining_field_pattern",
    RemovedTraitBound = "removed_trait_bound", ReturnExpression = "return_expression",
    ScopedIdentifier = "scoped_identifier", ScopedTypeIdentifier = "scoped_type_identifier",
    ScopedUseList = "scoped_use_list", SelfKeyword = "self", SelfParameter = "self_parameter",
    ShorthandFieldIdentifier = "shorthand_field_identifier",
    ShorthandFieldInitializer = "shorthand_field_initializer", SlicePattern = "slice_pattern",
    StaticItem = "static_item", StringLiteral = "string_literal",
    StructExpression = "struct_expression", StructItem = "struct_item",
    StructPattern = "struct_pattern", Super = "super", TokenTree = "token_tree",
    TraitBounds = "trait_bounds", TraitItem = "trait_item", TryBlock = "try_block",
    TryExpression = "try_expression", TupleExpression = "tuple_expression",
    TuplePattern = "tuple_pattern", TupleStructPattern = "tuple_struct_pattern",
    TupleType = "tuple_type", TypeArguments = "type_arguments", TypeBinding = "type_binding",
    TypeCastExpression = "type_cast_expression", TypeIdentifier = "type_identifier",
    TypeItem = "type_item", TypeParameter = "type_parameter",
    TypeParameters = "type_parameters", UnaryExpression = "unary_expression",
    UnionItem = "union_item", UnitExpression = "unit_expression", UnitType = "unit_type",
    UnsafeBlock = "unsafe_block", UseAsClause = "use_as_clause",
    UseDeclaration = "use_declaration", UseList = "use_list", UseWildcard = "use_wildcard",
    VisibilityModifier = "visibility_modifier", WhereClause = "where_clause",
    WherePredicate = "where_predicate", WhileExpression = "while_expression",
    YieldExpression = "yield_expression", FunctionModifiers = "function_modifiers",
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
    alias = "alias", alternative = "alternative", argument = "argument", arguments = "arguments",
    body = "body", bounds = "bounds", condition = "condition", consequence = "consequence",
    element = "element", field = "field", function = "function", left = "left",
    length = "length", list = "list", macro_ = "macro", name = "name", operator = "operator",
    parameters = "parameters", path = "path", pattern = "pattern", return_type = "return_type",
    right = "right", trait_ = "trait", type_ = "type", type_arguments = "type_arguments",
    type_parameters = "type_parameters", value = "value",
}

/// The numbers of the grammar in use.
#[derive(Debug)]
pub(super) struct Grammar {
    /// The grammar itself.
    pub(super) language: Language,
    /// Its fields.
    pub(super) fields: Fields,
    /// Kinds of comments.
    pub(super) comments: Vec<u16>,
    kinds: Vec<Kind>,
}

static GRAMMAR: LazyLock<Grammar> = LazyLock::new(|| {
    let language: Language = tree_sitter_rust::LANGUAGE.into();
    let kinds = (0..language.node_kind_count() as u16)
        .map(|id| match language.node_kind_for_id(id) {
            Some(text) if language.node_kind_is_named(id) => kind_of(text),
            _ => Kind::Other,
        })
        .collect::<Vec<_>>();
    let comments = (0..kinds.len() as u16)
        .filter(|&id| matches!(kinds[id as usize], Kind::LineComment | Kind::BlockComment))
        .collect();
    Grammar {
        fields: Fields::new(&language),
        comments,
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

/// The named children of a node, comments included.
pub(super) fn children(node: Node<'_>) -> smallvec::SmallVec<[Node<'_>; 4]> {
    let mut cursor = node.walk();
    let mut out = smallvec::SmallVec::new();
    if cursor.goto_first_child() {
        loop {
            let child = cursor.node();
            if child.is_named() {
                out.push(child);
            }
            if !cursor.goto_next_sibling() {
                break;
            }
        }
    }
    out
}
