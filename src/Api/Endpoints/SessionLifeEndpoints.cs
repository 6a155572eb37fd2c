using System.Text.Json;
using Microsoft.Net.Http.Headers;
using Parley.Api.Auth;
using Parley.Api.Http;
using Parley.Api.OpenApi;
using Parley.Api.Problems;
using Parley.Api.Rendering;
using Parley.Api.Resources;
using Parley.Domain.Addresses;
using Parley.Domain.Sessions;
using Parley.Grains.Abstractions;
using Parley.Ingest;
using Parley.Ports;
using QRCoder;

namespace Parley.Api.Endpoints;

/// <summary>The life of a session: created, connected, logged out, deleted.</summary>
internal static class SessionLifeEndpoints
{
    private const int MostPerMinute = 600;
    private const int PixelsPerModule = 8;
    private const string RetrySeconds = "2";

    /// <summary>How long a connect waits for the gateway's word and for the pairing code that was asked for.</summary>
    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ConnectPause = TimeSpan.FromMilliseconds(200);

    private static readonly QueryParameter<InstanceFate?> Instance = QueryParameter.Word<InstanceFate>(
        "instance", "What becomes of the gateway's instance; when left out, an adopted one is kept and any other deleted.");

    public static void MapSessionLife(this RouteGroupBuilder tenant)
    {
        var group = tenant.MapGroup("/sessions").WithTags("Sessions");
        group.MapPost("", Create).Operation(
                "createSession", "Create a session", "Its instance is created at the gateway in the background; then a QR code can be fetched.")
            .Example(new CreateSessionRequest("shop-1", "main", Settings: new SessionSettingsResource(30)))
            .Answers(201, "The session, being created.", Examples.Session)
            .CarriesLocation(201)
            .Fails(
                ProblemCode.MalformedJson,
                ProblemCode.GatewayRequired,
                ProblemCode.GatewayNotFound,
                ProblemCode.SessionExists,
                ProblemCode.UnsupportedMediaType,
                ProblemCode.BodyTooLarge, ProblemCode.RequestTimeout);
        group.MapPatch("/{sessionId}", Update).Operation("updateSession", "Change a session's settings or metadata")
            .Example(new UpdateSessionRequest(new SessionSettingsChange { SendsPerMinute = 60, Receipts = true }))
            .Answers(200, "The session.", Examples.Session)
            .Fails(ProblemCode.MalformedJson, ProblemCode.SessionNotFound, ProblemCode.UnsupportedMediaType, ProblemCode.BodyTooLarge, ProblemCode.RequestTimeout);
        group.MapGet("/{sessionId}/qr", Qr)
            .Operation("getSessionQr", "Read the QR code to scan", "As image/png, or as JSON, by Accept. Whoever has it controls the line.")
            .RequiresScope(KeyScopes.Manage)
            .Answers(200, "A fresh code.", Examples.Qr)
            .Answers(202, "There is none yet.", new QrPendingResource(SessionStatus.Connecting))
            .CarriesRetryAfter(202)
            .Fails(ProblemCode.SessionNotFound, ProblemCode.AlreadyConnected);
        group.MapPost("/{sessionId}/connect", Connect)
            .Operation("connectSession", "Begin to connect", "With a number it waits up to 10 s for a pairing code.")
            .Example(new ConnectRequest("5511987650001"))
            .Answers(200, "It is connecting, or open already.", Examples.Connected)
            .Fails(
                ProblemCode.MalformedJson,
                ProblemCode.SessionNotFound,
                ProblemCode.SessionNotRun,
                ProblemCode.UnsupportedMediaType,
                ProblemCode.BodyTooLarge, ProblemCode.RequestTimeout)
            .Fails(GatewayProblems.All);
        group.MapPost("/{sessionId}/restart", Restart).Operation("restartSession", "Ask for a new connection; the pairing stays")
            .Answers(202, "It is asked for; the session's state tells what comes of it.", Examples.Session)
            .CarriesRetryAfter(202)
            .Fails(ProblemCode.SessionNotFound, ProblemCode.SessionNotRun);
        group.MapPost("/{sessionId}/logout", LogOut).Operation("logOutSession", "Unpair the device")
            .Answers(202, "It is asked for; the session's state tells what comes of it.", Examples.Session)
            .CarriesRetryAfter(202)
            .Fails(ProblemCode.SessionNotFound, ProblemCode.SessionNotRun);
        group.MapDelete("/{sessionId}", Delete)
            .Operation("deleteSession", "Delete a session", "Its history stays. An instance that is kept gets back the webhook that it had.")
            .Takes(Instance)
            .AnswersEmpty(204, "It is deleted.")
            .Fails(ProblemCode.SessionNotFound);
        group.MapPost("/{sessionId}/number-checks", CheckNumbers).Operation("checkNumbers", "Ask which numbers have WhatsApp")
            .RequiresScope(KeyScopes.Send)
            .Example(new NumberChecksRequest(["+55 11 98765-0002"]))
            .Answers(200, "One row per number, in their order.", new NumberChecksResource([Examples.NumberCheck]))
            .Fails(
                ProblemCode.MalformedJson,
                ProblemCode.InvalidAddress,
                ProblemCode.SessionNotFound,
                ProblemCode.SessionNotRun,
                ProblemCode.UnsupportedMediaType,
                ProblemCode.BodyTooLarge, ProblemCode.RequestTimeout)
            .Fails(GatewayProblems.All);
        group.MapPost("/{sessionId}/presence", SetPresence).Operation("setPresence", "Show somebody that the line types, or is there")
            .RequiresScope(KeyScopes.Send)
            .Example(new PresenceRequest("5511987650002", PresenceState.Composing))
            .AnswersEmpty(204, "It is shown.")
            .Fails(
                ProblemCode.MalformedJson,
                ProblemCode.InvalidAddress,
                ProblemCode.SessionNotFound,
                ProblemCode.SessionNotRun,
                ProblemCode.UnsupportedMediaType,
                ProblemCode.BodyTooLarge, ProblemCode.RequestTimeout)
            .Fails(GatewayProblems.All);
    }

    private static async Task<Results<Created<SessionResource>, Problem>> Create(
        CreateSessionRequest request, HttpContext context, [AsParameters] SessionServices services, CancellationToken cancellationToken)
    {
        if (!SessionEndpoints.IsId(request.SessionId))
        {
            return Problem.OfBody(
                ProblemCode.InvalidRequest, "#/sessionId", "An id has 1 to 64 of A-Z, a-z, 0-9, '.', '_' and '-', and is not dots alone.");
        }

        var phoneNumber = Number(request.PhoneNumber, "#/phoneNumber");
        Check(request.Settings?.SendsPerMinute, request.Metadata);
        var tenantId = context.Tenant();
        var open = await services.Choose(request.GatewayId, cancellationToken);
        if (await services.Store.ReadSession(tenantId, request.SessionId, cancellationToken) is not null)
        {
            return Problem.Of(ProblemCode.SessionExists);
        }

        var token = await services.Tokens.Make(open, tenantId, request.SessionId, cancellationToken);
        var plan = new SessionPlan
        {
            GatewayId = open.Access.GatewayId,
            InstanceName = InstanceNames.New(),
            PhoneNumber = phoneNumber,
            Settings = Settings(request.Settings) ?? SessionSettings.Default,
            Metadata = Metadata(request.Metadata),
            Secrets = services.Vault.Protect(new SessionSecrets(token.Url, token.Header, InstanceNames.NewInstanceToken(), null)),
            TokenId = token.Id,
            TokenHint = token.Hint,
        };
        var reply = await services.Grains.GetGrain<ISessionGrain>(GrainKey.Of(tenantId, request.SessionId)).Create(plan);
        if (reply.Outcome != SessionOutcome.Done)
        {
            await services.Tokens.Delete(tenantId, token.Id, cancellationToken);
            return Problem.Of(ProblemCode.SessionExists);
        }

        await services.Work.Wake(tenantId);
        var entry = await services.Read(context, request.SessionId, cancellationToken);
        return TypedResults.Created(
            $"/sessions/{Uri.EscapeDataString(request.SessionId)}", SessionRenderer.Render(entry, services.Options.Value));
    }

    private static async Task<Results<Ok<SessionResource>, Problem>> Update(
        string sessionId,
        UpdateSessionRequest request,
        HttpContext context,
        [AsParameters] SessionServices services,
        CancellationToken cancellationToken)
    {
        Check(request.Settings?.SendsPerMinute, request.Metadata);
        var session = (await services.Read(context, sessionId, cancellationToken)).Session;
        var change = request.Settings?.ToChange();
        await services.Command(context, sessionId, new SessionCommand
        {
            Kind = SessionCommandKind.Update,
            Settings = change?.Over(session.Settings),
            Change = change,
            Metadata = Metadata(request.Metadata),
        });
        return await Answer(sessionId, context, services, cancellationToken);
    }

    private static async Task<IResult> Qr(
        string sessionId, HttpContext context, [AsParameters] SessionServices services, CancellationToken cancellationToken)
    {
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.Vary = "Accept";
        var session = (await services.Read(context, sessionId, cancellationToken)).Session;
        if (session.Status == SessionStatus.Open)
        {
            return Problem.Of(ProblemCode.AlreadyConnected);
        }

        var qr = await services.Store.ReadQr(context.Tenant(), session.SessionId, services.Time.GetUtcNow(), cancellationToken);
        if (qr?.Code is not { } code)
        {
            context.Response.Headers.RetryAfter = RetrySeconds;
            return TypedResults.Json(new QrPendingResource(session.Status), statusCode: StatusCodes.Status202Accepted);
        }

        return WantsImage(context.Request)
            ? TypedResults.Bytes(Png(code), "image/png")
            : TypedResults.Ok(new QrResource(code, qr.PairingCode, qr.ExpiresAt));
    }

    private static async Task<IResult> Connect(
        string sessionId,
        ConnectRequest? request,
        HttpContext context,
        [AsParameters] SessionServices services,
        CancellationToken cancellationToken)
    {
        context.Response.Headers.CacheControl = "no-store";
        var phoneNumber = Number(request?.PhoneNumber, "#/phoneNumber");
        var entry = await services.Read(context, sessionId, cancellationToken);
        var began = services.Time.GetTimestamp();
        var session = await services.Command(context, sessionId, new SessionCommand
        {
            Kind = SessionCommandKind.Connect,
            PhoneNumber = phoneNumber,
            Fresh = Fresh(entry.Session, services),
        });
        var task = session.Task?.Number;
        while (true)
        {
            session = (await services.Read(context, sessionId, cancellationToken)).Session;
            var qr = session.Status == SessionStatus.Open
                ? null
                : await services.Store.ReadQr(context.Tenant(), session.SessionId, services.Time.GetUtcNow(), cancellationToken);
            var isDone = session.Task is null || session.Task.Number != task;
            if (session.Task is { Fault: { } fault } failed && failed.Number == task)
            {
                return Problem.Of(Of(fault), "It is tried again in the background.");
            }

            if (session.GivenUp is { Fault: { } end } givenUp && givenUp.Number == task)
            {
                return Problem.Of(Of(end));
            }

            if ((isDone && (phoneNumber is null || qr?.PairingCode is not null || session.Status == SessionStatus.Open))
                || services.Time.GetElapsedTime(began) > ConnectPatience)
            {
                return TypedResults.Ok(new ConnectResource(session.Status, qr?.PairingCode, qr?.ExpiresAt));
            }

            await Task.Delay(ConnectPause, services.Time, cancellationToken);
        }
    }

    private static async Task<IResult> Restart(
        string sessionId, HttpContext context, [AsParameters] SessionServices services, CancellationToken cancellationToken) =>
        await Accept(SessionCommandKind.Restart, sessionId, context, services, cancellationToken);

    private static async Task<IResult> LogOut(
        string sessionId, HttpContext context, [AsParameters] SessionServices services, CancellationToken cancellationToken) =>
        await Accept(SessionCommandKind.LogOut, sessionId, context, services, cancellationToken);

    private static async Task<NoContent> Delete(
        string sessionId, HttpContext context, [AsParameters] SessionServices services, CancellationToken cancellationToken)
    {
        var session = (await services.Read(context, sessionId, cancellationToken)).Session;
        var fate = Instance.Read(context) ?? (session.IsAdopted ? InstanceFate.Keep : InstanceFate.Delete);
        await services.Command(
            context,
            sessionId,
            new SessionCommand { Kind = fate == InstanceFate.Keep ? SessionCommandKind.Detach : SessionCommandKind.Delete });
        return TypedResults.NoContent();
    }

    private static async Task<Results<Ok<NumberChecksResource>, Problem>> CheckNumbers(
        string sessionId,
        NumberChecksRequest request,
        HttpContext context,
        [AsParameters] SessionServices services,
        CancellationToken cancellationToken)
    {
        if (request.Numbers.Count is 0 or > 100)
        {
            return Problem.OfBody(ProblemCode.InvalidRequest, "#/numbers", "1 to 100 numbers are checked at once.");
        }

        var digits = request.Numbers.Select(static (number, i) => Number(number ?? "", $"#/numbers/{i}")!).ToList();
        var (session, open) = await services.Open(context, sessionId, cancellationToken);
        var checks = await open.Gateway.CheckNumbers(open.Access, session.InstanceName, digits, cancellationToken);
        return TypedResults.Ok(new NumberChecksResource(
            [.. request.Numbers.Zip(checks, static (asked, check) => new NumberCheckResource(asked, check.Exists, check.Address?.Value))]));
    }

    private static async Task<Results<NoContent, Problem>> SetPresence(
        string sessionId,
        PresenceRequest request,
        HttpContext context,
        [AsParameters] SessionServices services,
        CancellationToken cancellationToken)
    {
        if (!Address.TryParse(request.To, out var to) || to.Kind is not (AddressKind.Phone or AddressKind.Group or AddressKind.Lid))
        {
            return Problem.OfBody(ProblemCode.InvalidAddress, "#/to", "It is a number, a group or a hidden id.");
        }

        var (session, open) = await services.Open(context, sessionId, cancellationToken);
        await open.Gateway.SetPresence(
            open.Access, session.InstanceName, to, JsonNamingPolicy.SnakeCaseLower.ConvertName(request.State.ToString()), cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<IResult> Accept(
        SessionCommandKind kind, string sessionId, HttpContext context, SessionServices services, CancellationToken cancellationToken)
    {
        await services.Command(context, sessionId, new SessionCommand { Kind = kind });
        var entry = await services.Read(context, sessionId, cancellationToken);
        context.Response.Headers.RetryAfter = RetrySeconds;
        return TypedResults.Json(SessionRenderer.Render(entry, services.Options.Value), statusCode: StatusCodes.Status202Accepted);
    }

    private static async Task<Ok<SessionResource>> Answer(
        string sessionId, HttpContext context, SessionServices services, CancellationToken cancellationToken) =>
        TypedResults.Ok(SessionRenderer.Render(await services.Read(context, sessionId, cancellationToken), services.Options.Value));

    private static FreshInstance? Fresh(Session session, SessionServices services) =>
        session is { IsAdopted: false, Secrets: { } secrets }
            ? new FreshInstance(
                InstanceNames.New(),
                services.Vault.Protect(services.Vault.Open(secrets) with { InstanceToken = InstanceNames.NewInstanceToken() }))
            : null;

    private static ProblemCode Of(string fault) => fault switch
    {
        Attention.GatewayUnauthorized => ProblemCode.GatewayUnauthorized,
        Attention.InstanceMissing => ProblemCode.InstanceMissing,
        Attention.GatewayRefused => ProblemCode.GatewayRefused,
        _ => ProblemCode.GatewayUnreachable,
    };

    /// <summary>JSON unless a picture is what is asked for.</summary>
    private static bool WantsImage(HttpRequest request)
    {
        var accepted = request.GetTypedHeaders().Accept;
        var picture = Weight(a => a.Type == "image" && (a.SubType == "png" || a.MatchesAllSubTypes));
        return picture > 0 && picture > Weight(a => a.Type == "application" && (a.SubType == "json" || a.MatchesAllSubTypes));

        double Weight(Func<MediaTypeHeaderValue, bool> matches) => accepted.Where(matches).Select(static a => a.Quality ?? 1).DefaultIfEmpty(0).Max();
    }

    private static byte[] Png(string code)
    {
        using var data = QRCodeGenerator.GenerateQrCode(code, QRCodeGenerator.ECCLevel.L);
        using var png = new PngByteQRCode(data);
        return png.GetGraphic(PixelsPerModule);
    }

    /// <returns>Its digits; null when none is given.</returns>
    private static string? Number(string? text, string pointer) => text switch
    {
        null => null,
        _ when Address.TryParse(text, out var address) && RequestBounds.IsNumber(address) => address.Value,
        _ => throw new ProblemException(Problem.OfBody(
            ProblemCode.InvalidAddress, pointer, $"A number has {RequestBounds.FewestDigits} to {RequestBounds.MostDigits} digits.")),
    };

    private static void Check(int? sendsPerMinute, IReadOnlyDictionary<string, string>? metadata)
    {
        if (sendsPerMinute is < 1 or > MostPerMinute)
        {
            throw new ProblemException(Problem.OfBody(
                ProblemCode.InvalidRequest, "#/settings/sendsPerMinute", $"It is a number from 1 to {MostPerMinute}."));
        }

        RequestBounds.CheckMetadata(metadata);
    }

    private static SessionSettings? Settings(SessionSettingsResource? settings) =>
        settings is null ? null : new SessionSettings { SendsPerMinute = settings.SendsPerMinute, Receipts = settings.Receipts };

    private static string? Metadata(IReadOnlyDictionary<string, string>? metadata) =>
        metadata is null ? null : JsonSerializer.Serialize(metadata, Json.Options);
}

/// <summary>What becomes of a deleted session's instance.</summary>
internal enum InstanceFate
{
    Keep,
    Delete,
}
