//! How big a template may be. Each limit exists so that no input can exhaust memory or the stack.

/// Bytes of one file. CloudFormation takes 1 MB (`TemplateBody` through S3, "CloudFormation quotas");
/// five times that leaves room for templates that are packaged into smaller ones.
pub const MAX_BYTES: usize = 5 * 1024 * 1024;

/// Levels of mappings and lists inside each other, after aliases, includes and loops were put in.
pub const MAX_DEPTH: usize = 100;

/// Values in one template, after aliases, includes and loops were put in.
pub const MAX_NODES: usize = 500_000;

/// Resources in one template ("CloudFormation quotas").
pub const MAX_RESOURCES: usize = 500;

/// Parameters in one template ("CloudFormation quotas").
pub const MAX_PARAMETERS: usize = 200;

/// Outputs in one template ("CloudFormation quotas").
pub const MAX_OUTPUTS: usize = 200;

/// Mappings in one template ("CloudFormation quotas").
pub const MAX_MAPPINGS: usize = 200;

/// Characters of a logical id (cfn-lint rules E3006, E2003, E6004).
pub const MAX_LOGICAL_ID: usize = 255;
