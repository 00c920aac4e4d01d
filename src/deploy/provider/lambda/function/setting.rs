//! What `CreateFunction` and `UpdateFunctionConfiguration` have in common.

use aws_sdk_lambda::types::{
    CapacityProviderConfig, DeadLetterConfig, DurableConfig, Environment, EphemeralStorage,
    FileSystemConfig, ImageConfig, LambdaManagedInstancesCapacityProviderConfig, LogFormat,
    LoggingConfig, Runtime, S3FilesConfig, SnapStart, SnapStartApplyOn, TenancyConfig,
    TracingConfig, TracingMode, VpcConfig,
};

use crate::aws::Fault;
use crate::deploy::provider::Properties;
use crate::deploy::provider::lambda::word::{built, word};

/// The properties that are settings.
pub(super) const CONFIGURATION: [&str; 19] = [
    "CapacityProviderConfig",
    "DeadLetterConfig",
    "Description",
    "DurableConfig",
    "Environment",
    "EphemeralStorage",
    "FileSystemConfigs",
    "Handler",
    "ImageConfig",
    "KmsKeyArn",
    "Layers",
    "LoggingConfig",
    "MemorySize",
    "Role",
    "Runtime",
    "SnapStart",
    "Timeout",
    "TracingConfig",
    "VpcConfig",
];

/// A function's settings, as far as they are set.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Settings {
    pub capacity_provider: Option<CapacityProviderConfig>,
    pub dead_letter: Option<DeadLetterConfig>,
    pub description: Option<String>,
    pub durable: Option<DurableConfig>,
    pub environment: Option<Environment>,
    pub ephemeral_storage: Option<EphemeralStorage>,
    pub file_systems: Option<Vec<FileSystemConfig>>,
    pub handler: Option<String>,
    pub image: Option<ImageConfig>,
    pub kms_key: Option<String>,
    pub layers: Option<Vec<String>>,
    pub logging: Option<LoggingConfig>,
    pub memory: Option<i32>,
    pub role: Option<String>,
    pub runtime: Option<Runtime>,
    pub snap_start: Option<SnapStart>,
    pub timeout: Option<i32>,
    pub tracing: Option<TracingConfig>,
    pub vpc: Option<VpcConfig>,
}

impl Settings {
    /// What the template says.
    pub fn of(properties: &Properties<'_>) -> Result<Self, Fault> {
        Ok(Settings {
            capacity_provider: capacity_provider(properties)?,
            dead_letter: match properties.object("DeadLetterConfig")? {
                Some(one) => Some(
                    DeadLetterConfig::builder()
                        .set_target_arn(one.text("TargetArn")?)
                        .build(),
                ),
                None => None,
            },
            description: properties.text("Description")?,
            durable: durable(properties)?,
            environment: environment(properties)?,
            ephemeral_storage: ephemeral_storage(properties)?,
            file_systems: file_systems(properties)?,
            handler: properties.text("Handler")?,
            image: image(properties)?,
            kms_key: properties.text("KmsKeyArn")?,
            layers: properties.texts("Layers")?,
            logging: logging(properties)?,
            memory: properties.integer("MemorySize")?,
            role: properties.text("Role")?,
            runtime: word(properties, "Runtime")?,
            snap_start: match properties.object("SnapStart")? {
                Some(one) => Some(
                    SnapStart::builder()
                        .set_apply_on(word(&one, "ApplyOn")?)
                        .build(),
                ),
                None => None,
            },
            timeout: properties.integer("Timeout")?,
            tracing: match properties.object("TracingConfig")? {
                Some(one) => Some(
                    TracingConfig::builder()
                        .set_mode(word(&one, "Mode")?)
                        .build(),
                ),
                None => None,
            },
            vpc: vpc(properties)?,
        })
    }

    /// What holds when the template says nothing. What the call leaves out stays as it is, so what was taken out of the template
    /// has to be sent.
    /// Source: Lambda API reference, `CreateFunction`, the default of each parameter; an empty value takes away the others.
    pub fn defaults(properties: &Properties<'_>, name: &str) -> Result<Self, Fault> {
        let is_image = properties.text("PackageType")?.as_deref() == Some("Image");
        let storage = EphemeralStorage::builder().size(512).build();
        Ok(Settings {
            // Neither can be taken away once it is there.
            capacity_provider: None,
            durable: None,
            dead_letter: Some(DeadLetterConfig::builder().target_arn("").build()),
            description: Some(String::new()),
            environment: Some(
                Environment::builder()
                    .set_variables(Some(Default::default()))
                    .build(),
            ),
            ephemeral_storage: Some(built(properties, "EphemeralStorage", storage)?),
            file_systems: Some(Vec::new()),
            handler: None,
            image: is_image.then(|| ImageConfig::builder().build()),
            kms_key: Some(String::new()),
            layers: Some(Vec::new()),
            logging: Some(
                LoggingConfig::builder()
                    .log_format(LogFormat::Text)
                    .log_group(format!("/aws/lambda/{name}"))
                    .build(),
            ),
            memory: Some(128),
            role: None,
            runtime: None,
            snap_start: Some(
                SnapStart::builder()
                    .apply_on(SnapStartApplyOn::None)
                    .build(),
            ),
            timeout: Some(3),
            tracing: Some(
                TracingConfig::builder()
                    .mode(TracingMode::PassThrough)
                    .build(),
            ),
            vpc: Some(
                VpcConfig::builder()
                    .set_subnet_ids(Some(Vec::new()))
                    .set_security_group_ids(Some(Vec::new()))
                    .build(),
            ),
        })
    }

    /// Those that an update is about, each as it is set or else as it is by default.
    pub fn or(self, defaults: Settings, is_touched: impl Fn(&str) -> bool) -> Settings {
        // Parts of it that are not said stay as they are, unless they are sent too.
        let logging = self.logging.map(|logging| {
            let group = defaults.logging.as_ref().and_then(|one| one.log_group());
            LoggingConfig::builder()
                .log_format(logging.log_format().cloned().unwrap_or(LogFormat::Text))
                .set_log_group(logging.log_group().or(group).map(str::to_owned))
                .set_application_log_level(logging.application_log_level)
                .set_system_log_level(logging.system_log_level)
                .build()
        });
        macro_rules! pick {
            ($($field:ident: $property:literal,)*) => {
                Settings {
                    logging: logging.or(defaults.logging).filter(|_| is_touched("LoggingConfig")),
                    $($field: self.$field.or(defaults.$field).filter(|_| is_touched($property)),)*
                }
            };
        }
        pick! {
            capacity_provider: "CapacityProviderConfig",
            dead_letter: "DeadLetterConfig",
            description: "Description",
            durable: "DurableConfig",
            environment: "Environment",
            ephemeral_storage: "EphemeralStorage",
            file_systems: "FileSystemConfigs",
            handler: "Handler",
            image: "ImageConfig",
            kms_key: "KmsKeyArn",
            layers: "Layers",
            memory: "MemorySize",
            role: "Role",
            runtime: "Runtime",
            snap_start: "SnapStart",
            timeout: "Timeout",
            tracing: "TracingConfig",
            vpc: "VpcConfig",
        }
    }
}

/// Only `CreateFunction` takes it.
pub(super) fn tenancy(properties: &Properties<'_>) -> Result<Option<TenancyConfig>, Fault> {
    let Some(one) = properties.object("TenancyConfig")? else {
        return Ok(None);
    };
    let tenancy = TenancyConfig::builder()
        .set_tenant_isolation_mode(word(&one, "TenantIsolationMode")?)
        .build();
    built(properties, "TenancyConfig", tenancy).map(Some)
}

fn capacity_provider(properties: &Properties<'_>) -> Result<Option<CapacityProviderConfig>, Fault> {
    let Some(outer) = properties.object("CapacityProviderConfig")? else {
        return Ok(None);
    };
    let name = "LambdaManagedInstancesCapacityProviderConfig";
    let Some(one) = outer.object(name)? else {
        return Err(outer.fault(name, "is missing"));
    };
    let managed = LambdaManagedInstancesCapacityProviderConfig::builder()
        .set_capacity_provider_arn(one.text("CapacityProviderArn")?)
        .set_per_execution_environment_max_concurrency(
            one.integer("PerExecutionEnvironmentMaxConcurrency")?,
        )
        .set_execution_environment_memory_gib_per_v_cpu(
            one.number("ExecutionEnvironmentMemoryGiBPerVCpu")?,
        )
        .build();
    Ok(Some(
        CapacityProviderConfig::builder()
            .lambda_managed_instances_capacity_provider_config(built(&outer, name, managed)?)
            .build(),
    ))
}

fn durable(properties: &Properties<'_>) -> Result<Option<DurableConfig>, Fault> {
    let Some(one) = properties.object("DurableConfig")? else {
        return Ok(None);
    };
    Ok(Some(
        DurableConfig::builder()
            .set_kms_key_arn(one.text("KMSKeyArn")?)
            .set_retention_period_in_days(one.integer("RetentionPeriodInDays")?)
            .set_execution_timeout(one.integer("ExecutionTimeout")?)
            .build(),
    ))
}

fn environment(properties: &Properties<'_>) -> Result<Option<Environment>, Fault> {
    let Some(one) = properties.object("Environment")? else {
        return Ok(None);
    };
    let variables = one.text_map("Variables")?.unwrap_or_default();
    Ok(Some(
        Environment::builder()
            .set_variables(Some(variables.into_iter().collect()))
            .build(),
    ))
}

fn ephemeral_storage(properties: &Properties<'_>) -> Result<Option<EphemeralStorage>, Fault> {
    let Some(one) = properties.object("EphemeralStorage")? else {
        return Ok(None);
    };
    let storage = EphemeralStorage::builder()
        .set_size(one.integer("Size")?)
        .build();
    built(properties, "EphemeralStorage", storage).map(Some)
}

fn file_systems(properties: &Properties<'_>) -> Result<Option<Vec<FileSystemConfig>>, Fault> {
    if properties.get("FileSystemConfigs").is_none() {
        return Ok(None);
    }
    let each = properties.objects("FileSystemConfigs")?;
    let each = each.iter().map(|one| {
        let s3 = match one.object("S3FilesConfig")? {
            Some(s3) => Some(
                S3FilesConfig::builder()
                    .set_direct_s3_read(word(&s3, "DirectS3Read")?)
                    .build(),
            ),
            None => None,
        };
        let config = FileSystemConfig::builder()
            .set_arn(one.text("Arn")?)
            .set_local_mount_path(one.text("LocalMountPath")?)
            .set_s3_files_config(s3)
            .build();
        built(properties, "FileSystemConfigs", config)
    });
    each.collect::<Result<_, _>>().map(Some)
}

fn image(properties: &Properties<'_>) -> Result<Option<ImageConfig>, Fault> {
    let Some(one) = properties.object("ImageConfig")? else {
        return Ok(None);
    };
    Ok(Some(
        ImageConfig::builder()
            .set_command(one.texts("Command")?)
            .set_entry_point(one.texts("EntryPoint")?)
            .set_working_directory(one.text("WorkingDirectory")?)
            .build(),
    ))
}

fn logging(properties: &Properties<'_>) -> Result<Option<LoggingConfig>, Fault> {
    let Some(one) = properties.object("LoggingConfig")? else {
        return Ok(None);
    };
    Ok(Some(
        LoggingConfig::builder()
            .set_log_format(word(&one, "LogFormat")?)
            .set_log_group(one.text("LogGroup")?)
            .set_application_log_level(word(&one, "ApplicationLogLevel")?)
            .set_system_log_level(word(&one, "SystemLogLevel")?)
            .build(),
    ))
}

fn vpc(properties: &Properties<'_>) -> Result<Option<VpcConfig>, Fault> {
    let Some(one) = properties.object("VpcConfig")? else {
        return Ok(None);
    };
    Ok(Some(
        VpcConfig::builder()
            .set_subnet_ids(one.texts("SubnetIds")?)
            .set_security_group_ids(one.texts("SecurityGroupIds")?)
            .set_ipv6_allowed_for_dual_stack(one.flag("Ipv6AllowedForDualStack")?)
            .build(),
    ))
}
