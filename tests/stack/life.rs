//! The life of a small stack: made, changed, with parts replaced, and deleted.
//!
//! It has every kind of step: what others refer to, code, what AWS numbers, a circle that is closed in a step of its own (the bucket's
//! notification), and things that are replaced under another name, without a name, and under the same name.

use crate::program::Home;

/// The stack's name.
pub const STACK: &str = "life";

/// A part of the life, in its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Everything is new.
    Create,
    /// Code, environment, an index, a queue's time; a topic goes, a rule comes.
    Update,
    /// The queue gets another name (and what polls it another source), the table another key under the same name.
    Replace,
    /// Everything goes.
    Destroy,
}

impl Phase {
    /// All, in their order.
    pub const ALL: [Phase; 4] = [Phase::Create, Phase::Update, Phase::Replace, Phase::Destroy];

    /// What the user types.
    pub fn words(self) -> &'static [&'static str] {
        match self {
            Phase::Destroy => &["destroy", STACK, "--yes"],
            _ => &["deploy", STACK, "--yes"],
        }
    }

    /// Writes the project as it is in this part of the life.
    pub fn write(self, home: &Home) {
        let changed = self != Phase::Create;
        let replaced = self == Phase::Replace;
        let pick = |when: bool, yes: &'static str, no: &'static str| if when { yes } else { no };
        home.write(
            "reader/app.py",
            "def handler(event, context):\n    return 1\n",
        );
        let code = pick(changed, "return 2", "return 1");
        home.write(
            "worker/app.py",
            &format!("def handler(event, context):\n    {code}\n"),
        );
        let template = TEMPLATE
            .replace("@greeting", pick(changed, "hello", "good morning"))
            .replace("@time", pick(changed, "90", "60"))
            .replace("@days", pick(changed, "14", "7"))
            .replace("@queue", pick(replaced, "second", "first"))
            .replace("@key", pick(replaced, "number", "id"))
            .replace("@index", pick(changed, INDEX, ""))
            .replace("@other", pick(changed, RULE, TOPIC));
        home.write("template.yaml", &template);
    }
}

const INDEX: &str = "
      GlobalSecondaryIndexes:
        - IndexName: by-customer
          KeySchema: [{ AttributeName: customer, KeyType: HASH }]
          Projection: { ProjectionType: ALL }";

const TOPIC: &str = "
  News:
    Type: AWS::SNS::Topic
    Properties:
      Subscription: [{ Protocol: sqs, Endpoint: !GetAtt Failed.Arn }]";

const RULE: &str = "
  Tick:
    Type: AWS::Events::Rule
    Properties:
      ScheduleExpression: rate(1 hour)
      State: DISABLED
      Targets: [{ Id: worker, Arn: !GetAtt Worker.Arn }]";

const TEMPLATE: &str = r#"
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement: [{ Effect: Allow, Principal: { Service: lambda.amazonaws.com }, Action: "sts:AssumeRole" }]
      Policies:
        - PolicyName: work
          PolicyDocument:
            Version: "2012-10-17"
            Statement: [{ Effect: Allow, Action: "sqs:*", Resource: !GetAtt Jobs.Arn }]
  Worker:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.13
      Handler: app.handler
      Code: worker
      Role: !GetAtt Role.Arn
      Environment: { Variables: { TABLE: !Ref Items, GREETING: "@greeting" } }
  Reader:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.13
      Handler: app.handler
      Code: reader
      Role: !GetAtt Role.Arn
      Environment: { Variables: { BUCKET: !Ref Uploads } }
  Jobs:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: !Sub "${AWS::StackName}-@queue"
      VisibilityTimeout: @time
      RedrivePolicy: { deadLetterTargetArn: !GetAtt Failed.Arn, maxReceiveCount: 3 }
  Failed:
    Type: AWS::SQS::Queue
  Feed:
    Type: AWS::Lambda::EventSourceMapping
    Properties: { EventSourceArn: !GetAtt Jobs.Arn, FunctionName: !Ref Worker, BatchSize: 5 }
  Items:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: !Sub "${AWS::StackName}-items"
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions:
        - { AttributeName: "@key", AttributeType: S }
        - { AttributeName: customer, AttributeType: S }
      KeySchema:
        - { AttributeName: "@key", KeyType: HASH }
        - { AttributeName: customer, KeyType: RANGE }@index
  Uploads:
    Type: AWS::S3::Bucket
    Properties:
      NotificationConfiguration:
        LambdaConfigurations: [{ Event: "s3:ObjectCreated:*", Function: !GetAtt Reader.Arn }]
  UploadsMayCall:
    Type: AWS::Lambda::Permission
    Properties:
      Action: lambda:InvokeFunction
      FunctionName: !Ref Reader
      Principal: s3.amazonaws.com
      SourceArn: !GetAtt Uploads.Arn
  Log:
    Type: AWS::Logs::LogGroup
    Properties: { RetentionInDays: @days }
  Api:
    Type: AWS::ApiGatewayV2::Api
    Properties: { Name: !Ref AWS::StackName, ProtocolType: HTTP }
  Integration:
    Type: AWS::ApiGatewayV2::Integration
    Properties:
      ApiId: !Ref Api
      IntegrationType: AWS_PROXY
      IntegrationUri: !GetAtt Worker.Arn
      PayloadFormatVersion: "2.0"
  Route:
    Type: AWS::ApiGatewayV2::Route
    Properties: { ApiId: !Ref Api, RouteKey: GET /items, Target: !Sub "integrations/${Integration}" }
  Stage:
    Type: AWS::ApiGatewayV2::Stage
    Properties: { ApiId: !Ref Api, StageName: $default, AutoDeploy: true }@other
Outputs:
  Queue: { Value: !Ref Jobs }
"#;
