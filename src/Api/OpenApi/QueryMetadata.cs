using Parley.Api.Http;

namespace Parley.Api.OpenApi;

/// <summary>The parameters of the query that an endpoint reads.</summary>
internal sealed record QueryMetadata(IReadOnlyList<IQueryParameter> Parameters);
