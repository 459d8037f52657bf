//! Node kinds and field ids of the three grammars under one set of names, looked up once.

use std::sync::OnceLock;
use tree_sitter::{Language, Node};

macro_rules! kinds {
    ($($variant:ident = $name:literal),+ $(,)?) => {
        /// A kind of node, the same for every grammar of the family.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub(super) enum K { Other, $($variant),+ }

        const NAMES: &[(&str, K)] = &[$(($name, K::$variant)),+];
    };
}

kinds! {
    AbstractClassDeclaration = "abstract_class_declaration",
    AbstractMethodSignature = "abstract_method_signature",
    AccessibilityModifier = "accessibility_modifier",
    AmbientDeclaration = "ambient_declaration",
    Arguments = "arguments",
    Array = "array",
    ArrayPattern = "array_pattern",
    ArrayType = "array_type",
    ArrowFunction = "arrow_function",
    AsExpression = "as_expression",
    AssignmentExpression = "assignment_expression",
    AssignmentPattern = "assignment_pattern",
    AugmentedAssignmentExpression = "augmented_assignment_expression",
    AwaitExpression = "await_expression",
    BinaryExpression = "binary_expression",
    CallExpression = "call_expression",
    CallSignature = "call_signature",
    CatchClause = "catch_clause",
    Class = "class",
    ClassBody = "class_body",
    ClassDeclaration = "class_declaration",
    ClassHeritage = "class_heritage",
    ClassStaticBlock = "class_static_block",
    Comment = "comment",
    ComputedPropertyName = "computed_property_name",
    ConstraintType = "constraint",
    ConstructSignature = "construct_signature",
    Decorator = "decorator",
    DefaultType = "default_type",
    DoStatement = "do_statement",
    ElseClause = "else_clause",
    EnumAssignment = "enum_assignment",
    EnumBody = "enum_body",
    EnumDeclaration = "enum_declaration",
    ExportClause = "export_clause",
    ExportSpecifier = "export_specifier",
    ExportStatement = "export_statement",
    ExpressionStatement = "expression_statement",
    ExtendsClause = "extends_clause",
    ExtendsTypeClause = "extends_type_clause",
    FieldDefinition = "field_definition",
    FinallyClause = "finally_clause",
    ForInStatement = "for_in_statement",
    ForStatement = "for_statement",
    FormalParameters = "formal_parameters",
    FunctionDeclaration = "function_declaration",
    FunctionExpression = "function_expression",
    FunctionSignature = "function_signature",
    FunctionType = "function_type",
    GeneratorFunction = "generator_function",
    GeneratorFunctionDeclaration = "generator_function_declaration",
    GenericType = "generic_type",
    HtmlComment = "html_comment",
    Identifier = "identifier",
    IfStatement = "if_statement",
    ImplementsClause = "implements_clause",
    Import = "import",
    ImportAlias = "import_alias",
    ImportClause = "import_clause",
    ImportRequireClause = "import_require_clause",
    ImportSpecifier = "import_specifier",
    ImportStatement = "import_statement",
    InstantiationExpression = "instantiation_expression",
    InterfaceBody = "interface_body",
    InterfaceDeclaration = "interface_declaration",
    InternalModule = "internal_module",
    IntersectionType = "intersection_type",
    JsxAttribute = "jsx_attribute",
    JsxElement = "jsx_element",
    JsxExpression = "jsx_expression",
    JsxNamespaceName = "jsx_namespace_name",
    JsxSelfClosingElement = "jsx_self_closing_element",
    LabeledStatement = "labeled_statement",
    LexicalDeclaration = "lexical_declaration",
    LookupType = "lookup_type",
    MemberExpression = "member_expression",
    MetaProperty = "meta_property",
    MethodDefinition = "method_definition",
    MethodSignature = "method_signature",
    Module = "module",
    NamedImports = "named_imports",
    NamespaceExport = "namespace_export",
    NamespaceImport = "namespace_import",
    NestedIdentifier = "nested_identifier",
    NestedTypeIdentifier = "nested_type_identifier",
    NewExpression = "new_expression",
    NonNullExpression = "non_null_expression",
    Number = "number",
    Object = "object",
    ObjectAssignmentPattern = "object_assignment_pattern",
    ObjectPattern = "object_pattern",
    ObjectType = "object_type",
    OptionalParameter = "optional_parameter",
    OptionalType = "optional_type",
    OverrideModifier = "override_modifier",
    Pair = "pair",
    PairPattern = "pair_pattern",
    ParenthesizedExpression = "parenthesized_expression",
    ParenthesizedType = "parenthesized_type",
    PredefinedType = "predefined_type",
    PrivatePropertyIdentifier = "private_property_identifier",
    Program = "program",
    PropertyIdentifier = "property_identifier",
    PropertySignature = "property_signature",
    PublicFieldDefinition = "public_field_definition",
    ReadonlyType = "readonly_type",
    Regex = "regex",
    RequiredParameter = "required_parameter",
    RestPattern = "rest_pattern",
    RestType = "rest_type",
    ReturnStatement = "return_statement",
    SatisfiesExpression = "satisfies_expression",
    SequenceExpression = "sequence_expression",
    ShorthandPropertyIdentifier = "shorthand_property_identifier",
    ShorthandPropertyIdentifierPattern = "shorthand_property_identifier_pattern",
    SpreadElement = "spread_element",
    StatementBlock = "statement_block",
    String = "string",
    StringFragment = "string_fragment",
    SubscriptExpression = "subscript_expression",
    Super = "super",
    SwitchCase = "switch_case",
    SwitchDefault = "switch_default",
    SwitchStatement = "switch_statement",
    TemplateString = "template_string",
    TemplateSubstitution = "template_substitution",
    TernaryExpression = "ternary_expression",
    This = "this",
    ThisType = "this_type",
    ThrowStatement = "throw_statement",
    TryStatement = "try_statement",
    TupleType = "tuple_type",
    TypeAliasDeclaration = "type_alias_declaration",
    TypeArguments = "type_arguments",
    TypeAssertion = "type_assertion",
    TypeIdentifier = "type_identifier",
    TypeParameter = "type_parameter",
    TypePredicateAnnotation = "type_predicate_annotation",
    TypeQuery = "type_query",
    UnaryExpression = "unary_expression",
    Undefined = "undefined",
    UnionType = "union_type",
    UpdateExpression = "update_expression",
    UsingDeclaration = "using_declaration",
    VariableDeclaration = "variable_declaration",
    VariableDeclarator = "variable_declarator",
    WhileStatement = "while_statement",
    WithStatement = "with_statement",
    YieldExpression = "yield_expression",
}

macro_rules! fields {
    ($($name:ident = $text:literal),+ $(,)?) => {
        /// Ids of the fields that lowering reads; 0 where a grammar has none of that name.
        #[derive(Clone, Copy, Debug, Default)]
        pub(super) struct Fields { $(pub(super) $name: u16),+ }

        impl Fields {
            fn new(language: &Language) -> Self {
                Self { $($name: language.field_id_for_name($text).map_or(0, |id| id.get())),+ }
            }
        }
    };
}

fields! {
    alias = "alias", alternative = "alternative", argument = "argument", arguments = "arguments",
    body = "body", condition = "condition", consequence = "consequence",
    constructor = "constructor", declaration = "declaration",
    finalizer = "finalizer", function = "function", handler = "handler", increment = "increment",
    index = "index", initializer = "initializer", key = "key", kind = "kind", left = "left",
    module = "module", name = "name", object = "object", open_tag = "open_tag",
    operator = "operator", parameter = "parameter", parameters = "parameters",
    pattern = "pattern", property = "property", return_type = "return_type", right = "right",
    source = "source", type_ = "type", type_arguments = "type_arguments",
    type_parameters = "type_parameters", value = "value", constraint = "constraint",
}

/// One grammar's ids.
#[derive(Debug)]
pub(super) struct Grammar {
    kinds: Vec<K>,
    pub(super) fields: Fields,
    /// Kinds that hash as nothing.
    pub(super) skip: Vec<u16>,
    /// String literals and templates.
    pub(super) strings: [u16; 2],
}

impl Grammar {
    fn new(language: &Language) -> Self {
        let mut kinds = vec![K::Other; language.node_kind_count()];
        let mut skip = Vec::new();
        for id in 0..language.node_kind_count() as u16 {
            if !language.node_kind_is_named(id) {
                continue;
            }
            let Some(name) = language.node_kind_for_id(id) else {
                continue;
            };
            if let Some(&(_, kind)) = NAMES.iter().find(|(n, _)| *n == name) {
                kinds[id as usize] = kind;
                if matches!(kind, K::Comment | K::HtmlComment) {
                    skip.push(id);
                }
            }
        }
        Self {
            kinds,
            fields: Fields::new(language),
            skip,
            strings: ["string", "template_string"]
                .map(|kind| language.id_for_node_kind(kind, true)),
        }
    }

    /// The kind of a node.
    pub(super) fn kind(&self, node: Node<'_>) -> K {
        self.kinds
            .get(node.kind_id() as usize)
            .copied()
            .unwrap_or(K::Other)
    }
}

/// The grammar of a tree's language.
pub(super) fn grammar(language: &Language) -> &'static Grammar {
    static JAVASCRIPT: OnceLock<Grammar> = OnceLock::new();
    static TYPESCRIPT: OnceLock<Grammar> = OnceLock::new();
    static TSX: OnceLock<Grammar> = OnceLock::new();
    let typescript: Language = tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into();
    let tsx: Language = tree_sitter_typescript::LANGUAGE_TSX.into();
    if *language == typescript {
        TYPESCRIPT.get_or_init(|| Grammar::new(language))
    } else if *language == tsx {
        TSX.get_or_init(|| Grammar::new(language))
    } else {
        JAVASCRIPT.get_or_init(|| Grammar::new(language))
    }
}
