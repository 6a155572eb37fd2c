using Parley.Storage.Contract;

namespace Parley.Storage.MongoDB.Tests;

public sealed class ConversationCommitTests() : ConversationCommitContract(new MongoFixture());

public sealed class LookUpTests() : LookUpContract(new MongoFixture());

public sealed class UnseenTests() : UnseenContract(new MongoFixture());

public sealed class MoveTests() : MoveContract(new MongoFixture());

public sealed class EventLogTests() : EventLogContract(new MongoFixture());

public sealed class ConversationListTests() : ConversationListContract(new MongoFixture());

public sealed class MessageListTests() : MessageListContract(new MongoFixture());

public sealed class TenantMessageListTests() : TenantMessageListContract(new MongoFixture());

public sealed class AddressBookTests() : AddressBookContract(new MongoFixture());

public sealed class ParkingLotTests() : ParkingLotContract(new MongoFixture());

public sealed class WorkListTests() : WorkListContract(new MongoFixture());

public sealed class SessionTests() : SessionContract(new MongoFixture());

public sealed class DirectoryTests() : DirectoryContract(new MongoFixture());

public sealed class TenantTests() : TenantContract(new MongoFixture());

public sealed class QuarantineTests() : QuarantineContract(new MongoFixture());

public sealed class MediaTests() : MediaContract(new MongoFixture());

public sealed class TextTests() : TextContract(new MongoFixture());

public sealed class SendQueueTests() : SendQueueContract(new MongoFixture());

public sealed class IdempotencyTests() : IdempotencyContract(new MongoFixture());

public sealed class UploadTests() : UploadContract(new MongoFixture());

public sealed class GatewayTests() : GatewayContract(new MongoFixture());

public sealed class OwnerTests() : OwnerContract(new MongoFixture());

public sealed class IdentityTests() : IdentityContract(new MongoFixture());

public sealed class WebhookEndpointTests() : WebhookEndpointContract(new MongoFixture());

public sealed class PlaceTests() : PlaceContract(new MongoFixture());
