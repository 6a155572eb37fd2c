using Parley.Storage.Contract;

namespace Parley.Storage.Sqlite.Tests;

public sealed class ConversationCommitTests() : ConversationCommitContract(new SqliteFixture());

public sealed class LookUpTests() : LookUpContract(new SqliteFixture());

public sealed class UnseenTests() : UnseenContract(new SqliteFixture());

public sealed class MoveTests() : MoveContract(new SqliteFixture());

public sealed class EventLogTests() : EventLogContract(new SqliteFixture());

public sealed class ConversationListTests() : ConversationListContract(new SqliteFixture());

public sealed class MessageListTests() : MessageListContract(new SqliteFixture());

public sealed class TenantMessageListTests() : TenantMessageListContract(new SqliteFixture());

public sealed class AddressBookTests() : AddressBookContract(new SqliteFixture());

public sealed class ParkingLotTests() : ParkingLotContract(new SqliteFixture());

public sealed class WorkListTests() : WorkListContract(new SqliteFixture());

public sealed class SessionTests() : SessionContract(new SqliteFixture());

public sealed class DirectoryTests() : DirectoryContract(new SqliteFixture());

public sealed class TenantTests() : TenantContract(new SqliteFixture());

public sealed class QuarantineTests() : QuarantineContract(new SqliteFixture());

public sealed class MediaTests() : MediaContract(new SqliteFixture());

public sealed class TextTests() : TextContract(new SqliteFixture());

public sealed class SendQueueTests() : SendQueueContract(new SqliteFixture());

public sealed class IdempotencyTests() : IdempotencyContract(new SqliteFixture());

public sealed class UploadTests() : UploadContract(new SqliteFixture());

public sealed class GatewayTests() : GatewayContract(new SqliteFixture());

public sealed class OwnerTests() : OwnerContract(new SqliteFixture());

public sealed class IdentityTests() : IdentityContract(new SqliteFixture());

public sealed class WebhookEndpointTests() : WebhookEndpointContract(new SqliteFixture());

public sealed class PlaceTests() : PlaceContract(new SqliteFixture());
