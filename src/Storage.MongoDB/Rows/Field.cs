namespace Parley.Storage.MongoDB.Rows;

/// <summary>The names of fields. What stands beside a <see cref="Body"/> is there to find and filter; the body is the truth.</summary>
internal static class Field
{
    public const string Id = "_id";
    public const string Tenant = "tenant";
    public const string Name = "name";

    /// <summary>A value of the domain as JSON.</summary>
    public const string Body = "body";

    /// <summary>Of a head: the version that the next commit must follow.</summary>
    public const string Version = "version";

    /// <summary>Of a head: names the commit that made this version.</summary>
    public const string Token = "token";

    // Conversations.
    public const string Deleted = "deleted";
    public const string Active = "active";
    public const string Unread = "unread";
    public const string Hidden = "hidden";
    public const string Kind = "kind";
    public const string Sessions = "sessions";
    public const string Addresses = "addresses";
    public const string Words = "words";

    // Messages: the id is { c: conversation, n: sequence }.
    public const string Conversation = "c";
    public const string Number = "n";
    public const string IdConversation = Id + "." + Conversation;
    public const string IdNumber = Id + "." + Number;
    public const string MessageId = "id";
    public const string Key = "key";
    public const string Direction = "direction";
    public const string Type = "type";
    public const string Status = "status";
    public const string Session = "session";
    public const string Timestamp = "timestamp";
    public const string Updated = "updated";
    public const string Media = "media";

    // Pairs of addresses: the id is { t: tenant, p: party, a: pair }.
    public const string IdTenant = "t";
    public const string Party = "p";
    public const string Pair = "a";
    public const string Low = "low";
    public const string High = "high";
    public const string Target = "target";

    // Hidden ids: the id is { t: tenant, l: hidden id }.
    public const string Lid = "l";
    public const string Phone = "phone";
    public const string Canonical = "canonical";
    public const string Learned = "learned";

    // To-dos: the id is { t: tenant, k: key }.
    public const string IdKey = "k";
    public const string Due = "due";

    // Parked changes and quarantine.
    public const string Hash = "hash";
    public const string Parked = "parked";
    public const string Code = "code";
    public const string Detail = "detail";
    public const string Instance = "instance";
    public const string Event = "event";
    public const string Received = "received";
    public const string Size = "size";
    public const string Payload = "payload";

    /// <summary>In the place of a payload that is too large for its row: the file that holds it.</summary>
    public const string File = "file";

    // Sessions.
    public const string Attention = "attention";
    public const string Created = "created";
    public const string Qr = "qr";
    public const string QrUntil = "qrUntil";

    // Names and pictures: the id is { t: tenant, a: address }.
    public const string Address = "a";
    public const string NameAt = "nameAt";
    public const string Picture = "picture";
    public const string PictureAt = "pictureAt";

    // Outbox: the id is { h: shard, o: order }. The log: the id is { t: tenant, n: position }.
    public const string Shard = "h";
    public const string Order = "o";
    public const string IdShard = Id + "." + Shard;
    public const string Subject = "subject";
    public const string Events = "events";
    public const string Logged = "logged";
    public const string Running = "running";
    public const string Position = "position";

    // What is counted of a tenant: the id is { t: tenant, s: slot }.
    public const string Slot = "s";
    public const string Conversations = "conversations";
    public const string Messages = "messages";

    // Sends: the id is { t: tenant, m: message id }. Echoes are numbered.
    public const string IdMessage = "m";
    public const string Line = "line";

    /// <summary>Since when it leaves; only where it does.</summary>
    public const string Leaving = "leaving";

    // Idempotency keys: the id is { t: tenant, r: route, k: key }.
    public const string IdRoute = "r";
    public const string Fingerprint = "fingerprint";
    public const string OfConversation = "conversation";
    public const string OfMessage = "message";
    public const string Begun = "begun";
    public const string Tried = "tried";

    // Uploads.
    public const string Expires = "expires";

    // Endpoints: the id is { t: owner, e: endpoint }. Deliveries: the id is { t: owner, e: endpoint, d: delivery }.
    public const string Endpoint = "e";
    public const string Delivery = "d";
    public const string IdOwner = Id + "." + IdTenant;
    public const string IdEndpoint = Id + "." + Endpoint;
    public const string IdDelivery = Id + "." + Delivery;

    /// <summary>The id once more; only where it is not disabled.</summary>
    public const string Live = "live";

    // Tenants.
    public const string Credentials = "credentials";
    public const string Sha256 = "sha256";
    public const string Hint = "hint";
    public const string Header = "header";
    public const string Scopes = "scopes";
}
