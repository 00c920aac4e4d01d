//! The table of settings: what each is called in every place it can be set, and which commands have it.

/// A command of Hoist, as far as its settings are its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// `hoist invoke --local`.
    Invoke,
    /// `hoist validate`.
    Validate,
    /// `hoist expand`, and others that read a template and have no namesake in SAM.
    Expand,
    /// `hoist deploy`.
    Deploy,
}

impl Command {
    /// Every command with settings.
    pub const ALL: [Command; 4] = [
        Command::Invoke,
        Command::Validate,
        Command::Expand,
        Command::Deploy,
    ];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Command::Invoke => "invoke",
            Command::Validate => "validate",
            Command::Expand => "expand",
            Command::Deploy => "deploy",
        }
    }

    /// The command of SAM whose parameters it takes from `samconfig.toml`, beside those of `global`.
    ///
    /// SAM has no command that prints the transformed template; `sam validate` is the one that makes it.
    pub fn of_sam(self) -> &'static str {
        match self {
            Command::Invoke => "local_invoke",
            Command::Validate | Command::Expand => "validate",
            Command::Deploy => "deploy",
        }
    }
}

/// One setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Setting {
    /// Which file of SAM's settings is read.
    ConfigFile,
    /// Which environment of it.
    ConfigEnv,
    /// The template.
    Template,
    /// Values for its parameters.
    ParameterOverrides,
    /// `AWS::StackName`.
    StackName,
    /// The AWS profile.
    Profile,
    /// `AWS::Region`.
    Region,
    /// The function to invoke.
    Function,
    /// The event.
    Event,
    /// Environment variables in SAM's JSON format.
    EnvVars,
    /// Environment variables as lines.
    EnvFile,
    /// Seconds, instead of the template's `Timeout`.
    Timeout,
    /// The local AWS endpoint.
    EndpointUrl,
    /// Hosts a function may reach.
    AllowNet,
    /// Folders laid over the function's layers.
    Layers,
    /// Run functions as processes.
    Process,
    /// Use and make snapshots of packages.
    Snapshot,
    /// Where compiled components are kept.
    CacheDir,
    /// The bucket for code.
    S3Bucket,
    /// What the names of code in it begin with.
    S3Prefix,
    /// What the deployment may create, in CloudFormation's words.
    Capabilities,
    /// Tags of all resources.
    Tags,
    /// Ask before anything is changed.
    ConfirmChangeset,
    /// Where the state of a stack is kept.
    State,
}

/// What values a setting takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Any text.
    Text,
    /// A file or folder.
    Path,
    /// Files or folders.
    Paths,
    /// Texts.
    Texts,
    /// True or false.
    Switch,
    /// A whole number of seconds, 1 to 900 (Lambda's bounds of `Timeout`).
    Seconds,
    /// Values for template parameters.
    Parameters,
    /// Names and values of tags.
    Tags,
}

/// All there is to know about a setting but its value.
#[derive(Debug, Clone, Copy)]
pub struct Definition {
    /// Which one.
    pub setting: Setting,
    /// Its name, as files spell it.
    pub name: &'static str,
    /// The flag.
    pub flag: Option<&'static str>,
    /// Environment variables that beat the files. The first one set is used.
    pub variables: &'static [&'static str],
    /// Environment variables of the AWS SDKs, which the files beat, as in SAM.
    pub sdk: &'static [&'static str],
    /// Its names among SAM's parameters, the one that wins first.
    pub sam: &'static [&'static str],
    /// The section of `hoist.toml`.
    pub hoist: Option<&'static str>,
    /// What it takes.
    pub kind: Kind,
    /// What holds when nothing sets it, for people.
    pub default: &'static str,
    /// What it does, one sentence without a full stop.
    pub about: &'static str,
    /// The commands that have it; all of them when none is listed.
    pub only: &'static [Command],
}

/// A setting without a name anywhere.
const NONE: Definition = Definition {
    setting: Setting::Template,
    name: "",
    flag: None,
    variables: &[],
    sdk: &[],
    sam: &[],
    hoist: None,
    kind: Kind::Text,
    default: "",
    about: "",
    only: &[],
};

/// Every setting, in the order they are shown.
pub const SETTINGS: &[Definition] = &[
    Definition {
        setting: Setting::ConfigFile,
        name: "config_file",
        flag: Some("--config-file"),
        variables: &["HOIST_CONFIG_FILE"],
        kind: Kind::Path,
        default: "samconfig.toml, samconfig.yaml or samconfig.yml beside the template",
        about: "The file of SAM's settings",
        ..NONE
    },
    Definition {
        setting: Setting::ConfigEnv,
        name: "config_env",
        flag: Some("--config-env"),
        variables: &["HOIST_CONFIG_ENV"],
        default: "default",
        about: "The environment of that file",
        ..NONE
    },
    Definition {
        setting: Setting::Template,
        name: "template_file",
        flag: Some("--template"),
        variables: &["SAM_TEMPLATE_FILE"],
        sam: &["template_file", "template"],
        kind: Kind::Path,
        default: "template.yaml, template.yml or template.json here",
        about: "The template",
        ..NONE
    },
    Definition {
        setting: Setting::ParameterOverrides,
        name: "parameter_overrides",
        flag: Some("--parameter-overrides"),
        sam: &["parameter_overrides"],
        kind: Kind::Parameters,
        about: "Values for the template's parameters",
        ..NONE
    },
    Definition {
        setting: Setting::StackName,
        name: "stack_name",
        flag: Some("--stack-name"),
        sam: &["stack_name"],
        default: "the name of the template's folder",
        about: "The stack's name, `AWS::StackName`",
        ..NONE
    },
    Definition {
        setting: Setting::Profile,
        name: "profile",
        flag: Some("--profile"),
        sdk: &["AWS_PROFILE", "AWS_DEFAULT_PROFILE"],
        sam: &["profile"],
        default: "default",
        about: "The profile of the AWS configuration file",
        ..NONE
    },
    Definition {
        setting: Setting::Region,
        name: "region",
        flag: Some("--region"),
        sdk: &["AWS_REGION", "AWS_DEFAULT_REGION"],
        sam: &["region"],
        default: super::region::DEFAULT_REGION,
        about: "The AWS region",
        ..NONE
    },
    Definition {
        setting: Setting::Function,
        name: "function_logical_id",
        flag: Some("FUNCTION"),
        sam: &["function_logical_id"],
        default: "the only one of the template",
        about: "The function to invoke",
        only: &[Command::Invoke],
        ..NONE
    },
    Definition {
        setting: Setting::Event,
        name: "event",
        flag: Some("--event"),
        sam: &["event"],
        kind: Kind::Path,
        default: "{}",
        about: "The file with the event, or - for standard input",
        only: &[Command::Invoke],
        ..NONE
    },
    Definition {
        setting: Setting::EnvVars,
        name: "env_vars",
        flag: Some("--env-vars"),
        sam: &["env_vars"],
        kind: Kind::Path,
        about: "The file with environment variables in SAM's JSON format",
        only: &[Command::Invoke],
        ..NONE
    },
    Definition {
        setting: Setting::EnvFile,
        name: "env_file",
        flag: Some("--env-file"),
        variables: &["HOIST_ENV_FILE"],
        hoist: Some("invoke"),
        kind: Kind::Paths,
        about: "Files with environment variables as lines of NAME=value",
        only: &[Command::Invoke],
        ..NONE
    },
    Definition {
        setting: Setting::Timeout,
        name: "timeout",
        flag: Some("--timeout"),
        variables: &["HOIST_TIMEOUT"],
        hoist: Some("invoke"),
        kind: Kind::Seconds,
        default: "the function's own",
        about: "Seconds a function may run, instead of its `Timeout`",
        only: &[Command::Invoke],
        ..NONE
    },
    Definition {
        setting: Setting::EndpointUrl,
        name: "endpoint_url",
        flag: Some("--endpoint-url"),
        variables: &["HOIST_ENDPOINT_URL"],
        sdk: &["AWS_ENDPOINT_URL"],
        hoist: Some("invoke"),
        about: "The local AWS endpoint that functions talk to",
        only: &[Command::Invoke],
        ..NONE
    },
    Definition {
        setting: Setting::AllowNet,
        name: "allow_net",
        flag: Some("--allow-net"),
        variables: &["HOIST_ALLOW_NET"],
        hoist: Some("invoke"),
        kind: Kind::Texts,
        about: "Hosts that functions may reach beside the AWS endpoint: example.com, *.example.com:8443, *",
        only: &[Command::Invoke],
        ..NONE
    },
    Definition {
        setting: Setting::Layers,
        name: "layers",
        flag: Some("--layers"),
        variables: &["HOIST_LAYERS"],
        hoist: Some("invoke"),
        kind: Kind::Paths,
        about: "Folders laid over the functions' own layers as /opt, later ones over earlier ones",
        only: &[Command::Invoke],
        ..NONE
    },
    Definition {
        setting: Setting::Process,
        name: "process",
        flag: Some("--process"),
        variables: &["HOIST_PROCESS"],
        hoist: Some("invoke"),
        kind: Kind::Switch,
        default: "false",
        about: "Run functions as processes of this machine, not sandboxed",
        only: &[Command::Invoke],
        ..NONE
    },
    Definition {
        setting: Setting::Snapshot,
        name: "snapshot",
        flag: Some("--no-snapshot"),
        variables: &["HOIST_SNAPSHOT"],
        hoist: Some("invoke"),
        kind: Kind::Switch,
        default: "true",
        about: "Load a function's packages from a snapshot of them",
        only: &[Command::Invoke],
        ..NONE
    },
    Definition {
        setting: Setting::CacheDir,
        name: "cache_dir",
        variables: &["HOIST_CACHE_DIR"],
        kind: Kind::Path,
        default: "hoist in the system's cache folder",
        about: "Where compiled components are kept; of the machine, not of a project",
        only: &[Command::Invoke],
        ..NONE
    },
    Definition {
        setting: Setting::S3Bucket,
        name: "s3_bucket",
        flag: Some("--s3-bucket"),
        sam: &["s3_bucket"],
        about: "The bucket that code is put into",
        only: &[Command::Deploy],
        ..NONE
    },
    Definition {
        setting: Setting::S3Prefix,
        name: "s3_prefix",
        flag: Some("--s3-prefix"),
        sam: &["s3_prefix"],
        about: "What the names of code in the bucket begin with",
        only: &[Command::Deploy],
        ..NONE
    },
    Definition {
        setting: Setting::Capabilities,
        name: "capabilities",
        flag: Some("--capabilities"),
        sam: &["capabilities"],
        kind: Kind::Texts,
        about: "What the deployment may create: CAPABILITY_IAM, CAPABILITY_NAMED_IAM, CAPABILITY_AUTO_EXPAND",
        only: &[Command::Deploy],
        ..NONE
    },
    Definition {
        setting: Setting::Tags,
        name: "tags",
        flag: Some("--tags"),
        sam: &["tags"],
        kind: Kind::Tags,
        about: "Tags of all resources",
        only: &[Command::Deploy],
        ..NONE
    },
    Definition {
        setting: Setting::ConfirmChangeset,
        name: "confirm_changeset",
        flag: Some("--confirm-changeset"),
        sam: &["confirm_changeset"],
        kind: Kind::Switch,
        default: "false",
        about: "Ask before anything is changed",
        only: &[Command::Deploy],
        ..NONE
    },
    Definition {
        setting: Setting::State,
        name: "state",
        flag: Some("--state"),
        variables: &["HOIST_STATE"],
        hoist: Some("deploy"),
        default: "a bucket of your account",
        about: "Where the state of the stack is kept: `bucket`, or file:PATH",
        only: &[Command::Deploy],
        ..NONE
    },
];

impl Setting {
    /// What there is to know about it.
    pub fn definition(self) -> &'static Definition {
        SETTINGS
            .iter()
            .find(|definition| definition.setting == self)
            .expect("every setting is in the table")
    }
}

impl Definition {
    /// Whether a command has it.
    pub fn is_of(&self, command: Command) -> bool {
        self.only.is_empty() || self.only.contains(&command)
    }
}

/// The variables with the prefix `HOIST_` that set something.
pub(super) fn variables() -> impl Iterator<Item = &'static str> {
    SETTINGS
        .iter()
        .flat_map(|definition| definition.variables)
        .copied()
        .filter(|name| name.starts_with("HOIST_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_has_one_place_in_the_table_and_names_of_its_own() {
        for (at, one) in SETTINGS.iter().enumerate() {
            for other in &SETTINGS[..at] {
                assert_ne!(one.setting, other.setting);
                assert_ne!(one.name, other.name);
                assert!(one.flag.is_none() || one.flag != other.flag, "{}", one.name);
            }
            assert!(
                !one.about.is_empty() && !one.about.ends_with('.'),
                "{}",
                one.name
            );
        }
    }
}
