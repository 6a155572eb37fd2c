using System.Text.Json.Serialization;

namespace Parley.Api.Problems;

/// <summary>An error (RFC 9457).</summary>
/// <param name="Type">The kind of error, as a URI.</param>
/// <param name="Title">The kind of error, for people.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">What is wrong with this request, for people.</param>
/// <param name="Instance">This occurrence.</param>
/// <param name="Code">The kind of error, for programs: it never changes.</param>
/// <param name="RequestId">The id under which the logs tell of it.</param>
/// <param name="Errors">Where the request is wrong.</param>
/// <param name="ConversationId">Of conversation_merged: the conversation that stays.</param>
/// <param name="Checks">Of not_ready: what is ready and what is not.</param>
internal sealed record ProblemBody(
    string Type,
    string Title,
    int Status,
    string? Detail,
    string Instance,
    string Code,
    string RequestId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<ProblemPlace>? Errors = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ConversationId = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, bool>? Checks = null);

/// <param name="Detail">What is wrong there.</param>
/// <param name="Pointer">The place in the body, as the fragment of a JSON Pointer.</param>
/// <param name="Parameter">The parameter, header or part of the path.</param>
internal sealed record ProblemPlace(
    string Detail,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Pointer = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Parameter = null);
