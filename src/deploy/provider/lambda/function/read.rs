//! A function as AWS has it, in the words of the template.

use aws_sdk_lambda::types::{
    CapacityProviderConfig, DurableConfig, FileSystemConfig, FunctionConfiguration, LoggingConfig,
};
use serde_json::{Map, Value as Json, json};

use crate::aws::Fault;
use crate::deploy::provider::Held;
use crate::deploy::provider::lambda::live::{as_sent, object, put};
use crate::deploy::provider::lambda::{Lambda, live};

/// What can be asked for. Not the code: AWS has its hash only, and names the place it was copied from no longer.
const READABLE: [&str; 26] = [
    "Architectures",
    "CapacityProviderConfig",
    "CodeSigningConfigArn",
    "DeadLetterConfig",
    "Description",
    "DurableConfig",
    "EphemeralStorage",
    "FileSystemConfigs",
    "FunctionName",
    "FunctionScalingConfig",
    "Handler",
    "ImageConfig",
    "KmsKeyArn",
    "Layers",
    "LoggingConfig",
    "MemorySize",
    "PackageType",
    "RecursiveLoop",
    "ReservedConcurrentExecutions",
    "Role",
    "Runtime",
    "RuntimeManagementConfig",
    "SnapStart",
    "Timeout",
    "TracingConfig",
    "VpcConfig",
];

impl Lambda {
    pub(in super::super) async fn read_function(
        &self,
        held: &Held,
    ) -> Result<Option<Map<String, Json>>, Fault> {
        let name = &held.reference;
        let answer = self.client.get_function().function_name(name).send().await;
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => return Fault::of("lambda", "GetFunction", &error).unless_missing(),
        };
        let Some(function) = answer.configuration() else {
            return Ok(None);
        };
        let mut found = settings(function);
        let reserved = answer.concurrency();
        let reserved = reserved.and_then(|one| one.reserved_concurrent_executions());
        put(&mut found, "ReservedConcurrentExecutions", reserved);
        self.read_controls(held, &mut found).await?;
        if let Some(vpc) = found.get_mut("VpcConfig") {
            let sent = held.properties.get("VpcConfig");
            live::order(sent, vpc, &["SecurityGroupIds", "SubnetIds"]);
        }
        let mut properties = as_sent(held, found, &READABLE);
        let sent = held.properties.get("Environment");
        if let Some(sent) = sent {
            let nothing = Default::default();
            let variables = function.environment().and_then(|one| one.variables());
            let variables = live::variables(sent.get("Variables"), variables.unwrap_or(&nothing));
            properties.insert("Environment".into(), json!({ "Variables": variables }));
        }
        let tags = answer.tags().cloned().unwrap_or_default();
        put(&mut properties, "Tags", live::tags(held, &tags));
        Ok(Some(properties))
    }

    /// Those that are asked for by calls of their own: only when they were set.
    async fn read_controls(&self, held: &Held, found: &mut Map<String, Json>) -> Result<(), Fault> {
        let name = &held.reference;
        let is_sent = |property: &str| held.properties().get(property).is_some();
        if is_sent("RecursiveLoop") {
            let answer = self
                .client
                .get_function_recursion_config()
                .function_name(name)
                .send()
                .await
                .map_err(|error| Fault::of("lambda", "GetFunctionRecursionConfig", &error))?;
            let now = answer.recursive_loop().map(|now| now.as_str());
            put(found, "RecursiveLoop", now);
        }
        if is_sent("RuntimeManagementConfig") {
            let answer = self
                .client
                .get_runtime_management_config()
                .function_name(name)
                .send()
                .await
                .map_err(|error| Fault::of("lambda", "GetRuntimeManagementConfig", &error))?;
            let on = answer.update_runtime_on().map(|on| json!(on.as_str()));
            let version = answer.runtime_version_arn().map(|arn| json!(arn));
            found.insert(
                "RuntimeManagementConfig".into(),
                object([("UpdateRuntimeOn", on), ("RuntimeVersionArn", version)]),
            );
        }
        if is_sent("CodeSigningConfigArn") {
            let answer = self
                .client
                .get_function_code_signing_config()
                .function_name(name)
                .send()
                .await
                .map_err(|error| Fault::of("lambda", "GetFunctionCodeSigningConfig", &error))?;
            put(
                found,
                "CodeSigningConfigArn",
                Some(answer.code_signing_config_arn()),
            );
        }
        if is_sent("FunctionScalingConfig") {
            let answer = self
                .client
                .get_function_scaling_config()
                .function_name(name)
                .qualifier("$LATEST.PUBLISHED")
                .send()
                .await
                .map_err(|error| Fault::of("lambda", "GetFunctionScalingConfig", &error))?;
            if let Some(scaling) = answer.requested_function_scaling_config() {
                let least = scaling.min_execution_environments().map(Json::from);
                let most = scaling.max_execution_environments().map(Json::from);
                found.insert(
                    "FunctionScalingConfig".into(),
                    object([
                        ("MinExecutionEnvironments", least),
                        ("MaxExecutionEnvironments", most),
                    ]),
                );
            }
        }
        Ok(())
    }
}

fn settings(function: &FunctionConfiguration) -> Map<String, Json> {
    let mut found = Map::new();
    let words = |words: Vec<&str>| json!(words);
    let architectures = function.architectures().iter().map(|one| one.as_str());
    found.insert("Architectures".into(), words(architectures.collect()));
    let provider = function.capacity_provider_config().map(capacity_provider);
    put(&mut found, "CapacityProviderConfig", provider);
    let dead_letter = function
        .dead_letter_config()
        .and_then(|one| one.target_arn());
    let dead_letter = dead_letter.map(|arn| json!({"TargetArn": arn}));
    put(&mut found, "DeadLetterConfig", dead_letter);
    put(&mut found, "Description", function.description());
    put(
        &mut found,
        "DurableConfig",
        function.durable_config().map(durable),
    );
    let storage = function.ephemeral_storage();
    let storage = storage.map(|one| json!({"Size": one.size()}));
    put(&mut found, "EphemeralStorage", storage);
    let systems = function.file_system_configs().iter().map(file_system);
    found.insert("FileSystemConfigs".into(), systems.collect());
    put(&mut found, "FunctionName", function.function_name());
    put(&mut found, "Handler", function.handler());
    let image = function.image_config_response();
    let image = image.and_then(|one| one.image_config()).map(|image| {
        object([
            ("Command", Some(json!(image.command()))),
            ("EntryPoint", Some(json!(image.entry_point()))),
            (
                "WorkingDirectory",
                image.working_directory().map(Json::from),
            ),
        ])
    });
    put(&mut found, "ImageConfig", image);
    put(&mut found, "KmsKeyArn", function.kms_key_arn());
    let layers = function.layers().iter().filter_map(|layer| layer.arn());
    found.insert("Layers".into(), words(layers.collect()));
    put(
        &mut found,
        "LoggingConfig",
        function.logging_config().map(logging),
    );
    put(&mut found, "MemorySize", function.memory_size());
    put(
        &mut found,
        "PackageType",
        function.package_type().map(|one| one.as_str()),
    );
    put(&mut found, "Role", function.role());
    put(
        &mut found,
        "Runtime",
        function.runtime().map(|one| one.as_str()),
    );
    let snap_start = function.snap_start().and_then(|one| one.apply_on());
    let snap_start = snap_start.map(|on| json!({"ApplyOn": on.as_str()}));
    put(&mut found, "SnapStart", snap_start);
    put(&mut found, "Timeout", function.timeout());
    let mode = function.tracing_config().and_then(|one| one.mode());
    let tracing = mode.map(|mode| json!({"Mode": mode.as_str()}));
    put(&mut found, "TracingConfig", tracing);
    let vpc = function
        .vpc_config()
        .filter(|vpc| !vpc.subnet_ids().is_empty());
    let vpc = vpc.map(|vpc| {
        let dual = vpc.ipv6_allowed_for_dual_stack().map(Json::from);
        object([
            ("SubnetIds", Some(json!(vpc.subnet_ids()))),
            ("SecurityGroupIds", Some(json!(vpc.security_group_ids()))),
            ("Ipv6AllowedForDualStack", dual),
        ])
    });
    put(&mut found, "VpcConfig", vpc);
    found
}

fn capacity_provider(config: &CapacityProviderConfig) -> Json {
    let managed = config.lambda_managed_instances_capacity_provider_config();
    let managed = managed.map(|one| {
        let concurrency = one.per_execution_environment_max_concurrency();
        let memory = one.execution_environment_memory_gib_per_v_cpu();
        object([
            (
                "CapacityProviderArn",
                Some(json!(one.capacity_provider_arn())),
            ),
            (
                "PerExecutionEnvironmentMaxConcurrency",
                concurrency.map(Json::from),
            ),
            (
                "ExecutionEnvironmentMemoryGiBPerVCpu",
                memory.map(Json::from),
            ),
        ])
    });
    object([("LambdaManagedInstancesCapacityProviderConfig", managed)])
}

fn durable(config: &DurableConfig) -> Json {
    object([
        ("KMSKeyArn", config.kms_key_arn().map(Json::from)),
        (
            "RetentionPeriodInDays",
            config.retention_period_in_days().map(Json::from),
        ),
        (
            "ExecutionTimeout",
            config.execution_timeout().map(Json::from),
        ),
    ])
}

fn file_system(config: &FileSystemConfig) -> Json {
    let read = config
        .s3_files_config()
        .and_then(|one| one.direct_s3_read());
    object([
        ("Arn", Some(json!(config.arn()))),
        ("LocalMountPath", Some(json!(config.local_mount_path()))),
        (
            "S3FilesConfig",
            read.map(|read| json!({"DirectS3Read": read.as_str()})),
        ),
    ])
}

fn logging(config: &LoggingConfig) -> Json {
    let format = config.log_format().map(|one| json!(one.as_str()));
    let application = config
        .application_log_level()
        .map(|one| json!(one.as_str()));
    let system = config.system_log_level().map(|one| json!(one.as_str()));
    object([
        ("LogFormat", format),
        ("LogGroup", config.log_group().map(Json::from)),
        ("ApplicationLogLevel", application),
        ("SystemLogLevel", system),
    ])
}
