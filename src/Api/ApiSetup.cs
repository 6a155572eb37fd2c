using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Parley.Api.Auth;
using Parley.Api.Endpoints;
using Parley.Api.Events;
using Parley.Api.Health;
using Parley.Api.Http;
using Parley.Api.OpenApi;
using Parley.Api.Problems;
using Parley.Api.Rendering;
using Parley.Api.Sends;
using Parley.Ingest;
using Parley.Ports;

namespace Parley.Api;

/// <summary>Puts the API into a host.</summary>
public static class ApiSetup
{
    private static readonly TimeSpan WaitingRetryAfter = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan OverloadRetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>Adds what the API needs. The host adds the stores, the ingest room and the grains' client.</summary>
    /// <param name="section">The section <c>Parley</c> of the configuration.</param>
    public static IServiceCollection AddParleyApi(this IServiceCollection services, IConfiguration section)
    {
        services.Configure<ApiOptions>(section);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<Credentials>();
        services.AddSingleton<Strangers>();
        services.AddSingleton<TenantQuota>();
        services.AddSingleton<Renderer>();
        services.AddSingleton<IEventRenderer, EventRenderer>();
        services.AddSingleton<EventStreams>();
        services.AddSingleton<EventTickets>();
        services.AddSingleton<SessionTokens>();
        services.AddSingleton<Adoption>();
        services.AddSingleton<OutgoingContent>();
        services.AddSingleton<WebhooksOut>();
        services.AddSingleton<TenantSessions>();
        services.AddSingleton<IReadinessProbe, StoreProbe>();
        services.AddSingleton<Readiness>();
        services.AddHostedService(provider => provider.GetRequiredService<Readiness>());
        services.AddHostedService<MetricsListener>();
        services.Configure<JsonOptions>(options => Json.Apply(options.SerializerOptions));
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.Configure<RouteOptions>(options => options.SetParameterPolicy<NotConstraint>("not"));
        services.AddOptions<KestrelServerOptions>().Configure<IOptions<ApiOptions>>((kestrel, api) =>
        {
            kestrel.AddServerHeader = false;

            // Wide enough that what is too long is told by the parameter's own problem.
            kestrel.Limits.MaxRequestLineSize = 32 * 1024;
            kestrel.Limits.MaxRequestBodySize = api.Value.MaxRequestBytes;
        });

        // The server's own log of requests would write tokens and tickets down, which addresses carry.
        services.AddLogging(static logging => logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning));
        services.AddDocument();
        services.AddParleyCors();
        AddAuthentication(services, section);
        AddAdmission(services);
        services.AddParleyMetrics();
        return services;
    }

    /// <summary>Puts the API's middleware and routes into the application.</summary>
    public static WebApplication UseParleyApi(this WebApplication app)
    {
        UsePipeline(app);
        app.MapDocument();
        app.MapSchemas();
        app.MapWebhooks(app.Services.GetRequiredService<IntakeOptions>());
        var administrator = Administrator(app);
        administrator.MapMetrics();
        var admin = administrator.MapGroup("/admin");
        admin.MapTenants();
        admin.MapGateways();
        admin.MapAdoptions();
        admin.MapAdminSessions();
        admin.MapAdminEvents();
        admin.MapAdminWebhooksOut();

        var tenant = app.MapGroup("").RequireAuthorization(ParleyAuthentication.TenantPolicy).WithMetadata(new QuotaMetadata());
        tenant.AddEndpointFilter(TenantScope.Enter).Fails(
            ProblemCode.InvalidRequest,
            ProblemCode.TenantRequired,
            ProblemCode.Unauthorized,
            ProblemCode.InsufficientScope,
            ProblemCode.TenantNotFound,
            ProblemCode.QuotaExceeded,
            ProblemCode.InternalError,
            ProblemCode.StoreUnavailable,
            ProblemCode.Overloaded);
        tenant.MapSessions();
        tenant.MapSessionLife();
        tenant.MapSyncs();
        tenant.MapConversations();
        tenant.MapConversationMessages();
        tenant.MapMessages();
        tenant.MapMedia();
        var sending = tenant.MapGroup("").RequiresScope(KeyScopes.Send);
        sending.MapSends();
        sending.MapUploads();
        sending.MapMessageChanges();
        tenant.MapQuarantine();
        tenant.MapEvents();
        tenant.MapWebhooksOut();
        return app;
    }

    /// <summary>Puts health and metrics alone into the application: a node that serves no API.</summary>
    public static WebApplication UseParleyOperations(this WebApplication app)
    {
        UsePipeline(app);
        Administrator(app).MapMetrics();
        return app;
    }

    /// <summary>Puts the answers of a node that has not begun yet into an application of their own: it lives, and everything is for later.</summary>
    public static WebApplication UseWaitingAnswers(this WebApplication app)
    {
        app.UseMiddleware<RequestIds>();
        UseRouting(app);
        app.MapLiveness();
        // No fallback: that passes over paths with a dot, as if they were files.
        app.Map("{*path}", static () => Problem.Later(ProblemCode.NotReady, WaitingRetryAfter, "This node waits for what it needs."));
        return app;
    }

    private static void UseRouting(WebApplication app)
    {
        app.Use(HeadRequests.Route);
        app.UseRouting();
        app.Use(HeadRequests.Answer);
    }

    private static void UsePipeline(WebApplication app)
    {
        app.UseMiddleware<RequestIds>();
        app.UseMiddleware<LateBody>();
        app.UseMiddleware<ProblemMiddleware>();
        app.Use(WebhookPaths.Mend);
        UseRouting(app);
        app.UseParleyCors();
        app.Use(WebhookStart.Read);
        app.UseRateLimiter();
        app.UseAuthorization();
        app.Use(app.Services.GetRequiredService<TenantQuota>().Admit);

        app.MapHealth();
    }

    /// <summary>The routes of the administrator.</summary>
    private static RouteGroupBuilder Administrator(WebApplication app) =>
        app.MapGroup("").RequireAuthorization(ParleyAuthentication.AdminPolicy).Fails(
            ProblemCode.InvalidRequest,
            ProblemCode.Unauthorized,
            ProblemCode.AdminRequired,
            ProblemCode.InternalError,
            ProblemCode.StoreUnavailable,
            ProblemCode.Overloaded);

    private static void AddAuthentication(IServiceCollection services, IConfiguration section)
    {
        var jwt = section.GetSection("Jwt").Get<JwtOptions>() ?? new JwtOptions();
        var authentication = services.AddAuthentication()
            .AddPolicyScheme(ParleyAuthentication.Scheme, null, options => options.ForwardDefaultSelector = context =>
                jwt.IsOn && ParleyAuthentication.LooksLikeJwt(ParleyAuthentication.BearerOf(context.Request)) ? ParleyAuthentication.JwtScheme
                : ParleyAuthentication.TicketOf(context) is not null ? ParleyAuthentication.TicketScheme
                : ParleyAuthentication.KeyScheme)
            .AddScheme<AuthenticationSchemeOptions, KeyHandler>(ParleyAuthentication.KeyScheme, null)
            .AddScheme<AuthenticationSchemeOptions, TicketHandler>(ParleyAuthentication.TicketScheme, null);
        if (jwt.IsOn)
        {
            authentication.AddJwt(jwt);
        }

        services.AddAuthorizationBuilder()
            .AddPolicy(ParleyAuthentication.AdminPolicy, policy => policy
                .AddAuthenticationSchemes(ParleyAuthentication.Scheme)
                .RequireAuthenticatedUser()
                .RequireClaim(ParleyAuthentication.RoleClaim, ParleyAuthentication.AdminRole))
            .AddPolicy(ParleyAuthentication.TenantPolicy, policy => policy
                .AddAuthenticationSchemes(ParleyAuthentication.Scheme)
                .RequireAuthenticatedUser()
                .RequireClaim(ParleyAuthentication.RoleClaim, ParleyAuthentication.AdminRole, ParleyAuthentication.TenantRole));
    }

    private static void AddAdmission(IServiceCollection services) => services.AddRateLimiter(_ => { }).AddOptions<RateLimiterOptions>()
        .Configure<IOptions<ApiOptions>>((limiter, api) =>
        {
            var all = new ConcurrencyLimiterOptions
            {
                PermitLimit = api.Value.MaxConcurrentRequests,
                QueueLimit = api.Value.MaxWaitingRequests,
                QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
            };

            // A stream is open for hours, and an edit must not wait behind what waits for the store: those have bounds of their own.
            var streams = new ConcurrencyLimiterOptions { PermitLimit = api.Value.Events.MaxStreams, QueueLimit = 0 };
            limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context => EventEndpoints.IsStream(context)
                ? RateLimitPartition.GetConcurrencyLimiter("streams", _ => streams)
                : context.Features.Get<WebhookStart>() is { IsEdit: true }
                ? RateLimitPartition.GetConcurrencyLimiter("edits", _ => all)
                : RateLimitPartition.GetConcurrencyLimiter("all", _ => all));
            limiter.OnRejected = (rejected, _) =>
                new ValueTask(Problem.Later(ProblemCode.Overloaded, OverloadRetryAfter).ExecuteAsync(rejected.HttpContext));
        });
}
