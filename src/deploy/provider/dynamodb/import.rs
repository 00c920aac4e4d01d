//! A table that is made from objects in S3.

use std::time::Duration;

use aws_sdk_dynamodb::types as sdk;

use crate::aws::Fault;
use crate::deploy::wait;

use super::{DynamoDb, Properties, Wanted, shape};

/// How long an import may take.
const PATIENCE: Duration = Duration::from_secs(24 * 3600);

impl DynamoDb {
    /// Begins the import and sees it to its end. The same token within eight hours is the same import; what an import does not take
    /// is set afterwards.
    pub(super) async fn import_table(
        &self,
        wanted: &Wanted,
        source: &Properties<'_>,
    ) -> Result<(), Fault> {
        if wanted.properties().get("LocalSecondaryIndexes").is_some() {
            let what = "cannot be made by an import, and not afterwards either: use global indexes, or fill the table another way";
            return Err(wanted.properties().fault("LocalSecondaryIndexes", what));
        }
        let answer = self
            .client
            .import_table()
            .client_token(wanted.token(36))
            .set_s3_bucket_source(bucket(source)?)
            .set_input_format(source.choice("InputFormat")?)
            .set_input_format_options(options(source)?)
            .set_input_compression_type(source.choice("InputCompressionType")?)
            .table_creation_parameters(parameters(wanted)?)
            .send()
            .await
            .map_err(|error| Fault::of("dynamodb", "ImportTable", &error))?;
        let import = answer.import_table_description();
        let arn = import.and_then(|import| import.import_arn().map(str::to_owned));
        let arn = arn.ok_or_else(|| {
            Fault::unexpected("dynamodb", "ImportTable", "the answer has no ImportArn")
        })?;
        wait::until("import", PATIENCE, || self.imported(&arn)).await
    }

    async fn imported(&self, arn: &str) -> Result<Option<()>, Fault> {
        let answer = self
            .client
            .describe_import()
            .import_arn(arn)
            .send()
            .await
            .map_err(|error| Fault::of("dynamodb", "DescribeImport", &error))?;
        let import = answer.import_table_description();
        match import.and_then(|import| import.import_status()) {
            Some(sdk::ImportStatus::Completed) => Ok(Some(())),
            Some(sdk::ImportStatus::Failed | sdk::ImportStatus::Cancelled) => {
                let code = import.and_then(|import| import.failure_code());
                let message = import.and_then(|import| import.failure_message());
                let text = format!(
                    "the import failed: {} {}",
                    code.unwrap_or_default(),
                    message.unwrap_or_default()
                );
                Err(Fault::unexpected("dynamodb", "ImportTable", &text))
            }
            _ => Ok(None),
        }
    }
}

fn bucket(source: &Properties<'_>) -> Result<Option<sdk::S3BucketSource>, Fault> {
    let Some(bucket) = source.object("S3BucketSource")? else {
        return Ok(None);
    };
    let built = sdk::S3BucketSource::builder()
        .set_s3_bucket(bucket.text("S3Bucket")?)
        .set_s3_bucket_owner(bucket.text("S3BucketOwner")?)
        .set_s3_key_prefix(bucket.text("S3KeyPrefix")?)
        .build()?;
    Ok(Some(built))
}

fn options(source: &Properties<'_>) -> Result<Option<sdk::InputFormatOptions>, Fault> {
    let Some(options) = source.object("InputFormatOptions")? else {
        return Ok(None);
    };
    let mut built = sdk::InputFormatOptions::builder();
    if let Some(csv) = options.object("Csv")? {
        built = built.csv(
            sdk::CsvOptions::builder()
                .set_delimiter(csv.text("Delimiter")?)
                .set_header_list(csv.texts("HeaderList")?)
                .build(),
        );
    }
    Ok(Some(built.build()))
}

fn parameters(wanted: &Wanted) -> Result<sdk::TableCreationParameters, Fault> {
    let table = wanted.properties();
    Ok(sdk::TableCreationParameters::builder()
        .table_name(&wanted.name)
        .set_attribute_definitions(Some(shape::attribute_definitions(&table)?))
        .set_key_schema(Some(shape::key_schema(&table)?))
        .set_billing_mode(table.choice("BillingMode")?)
        .set_provisioned_throughput(shape::throughput(&table)?)
        .set_on_demand_throughput(shape::on_demand(&table)?)
        .set_sse_specification(shape::encryption(&table)?)
        .set_global_secondary_indexes(shape::global_indexes(&table)?)
        .set_vector_indexes(shape::vector_indexes(&table)?)
        .build()?)
}
