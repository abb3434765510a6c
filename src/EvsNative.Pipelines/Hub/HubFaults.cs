using System.Net;
using EvsNative.Layers;
using EvsNative.Models;

namespace EvsNative.Pipelines.Hub;

/// <summary>What a server's refusals mean, in one line each. Its words for them stand in the header X-Error-Code.</summary>
internal static class HubFaults
{
    /// <summary>Whether the same may be answered later.</summary>
    public static bool MayPass(HttpStatusCode status) =>
        status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or (HttpStatusCode)425 || (int)status is >= 500 and < 600;

    /// <summary>The line for an answer that is no content.</summary>
    /// <param name="status">the answer's number</param>
    /// <param name="word">the server's word, if it says one</param>
    /// <param name="name">what was asked for</param>
    /// <param name="endpoint">the hub</param>
    /// <param name="wasAsked">whether a token was sent</param>
    public static InputException Of(HttpStatusCode status, string? word, HubName name, HubEndpoint endpoint, bool wasAsked)
    {
        string page = $"{endpoint.Page(name)}", repository = name.Repository;
        return (status, word) switch
        {
            (_, "GatedRepo") => NoAccess($"{repository} is given to those who accept its terms: do so on {page}{Token(wasAsked)}"),
            (_, "RevisionNotFound") => NotFound($"{repository} has no revision {InputText.Quote(name.Revision ?? HubName.MainBranch)}"),
            (_, "EntryNotFound") => NotFound($"{name}: no such file in the repository"),
            (HttpStatusCode.Unauthorized, "RepoNotFound") when !wasAsked =>
                NotFound($"{endpoint.Name} has no {repository}, or shows it to its owner only: check the name, or set HF_TOKEN"),
            (HttpStatusCode.NotFound or HttpStatusCode.Gone, _) or (HttpStatusCode.Unauthorized, "RepoNotFound") =>
                NotFound($"{endpoint.Name} has no {(name.File is null ? repository : name)}: check the name on {page}"),
            (HttpStatusCode.Unauthorized, _) when wasAsked =>
                NoAccess($"{endpoint.Name} does not accept the token (HF_TOKEN, or the hub's file of it) for {repository}: make a new one"),
            (HttpStatusCode.Unauthorized, _) =>
                NoAccess($"{endpoint.Name} wants to know who asks for {repository}: accept its terms on {page} if any, and set HF_TOKEN"),
            (HttpStatusCode.Forbidden, _) => NoAccess($"{endpoint.Name} refuses {repository}: see {page}{Token(wasAsked)}"),
            (HttpStatusCode.ProxyAuthenticationRequired, _) => NoAccess("a proxy on the way wants a name and a password: see HTTPS_PROXY"),
            (HttpStatusCode.UnavailableForLegalReasons, _) => NoAccess($"{endpoint.Name} may not give {repository} away: see {page}"),
            _ => new InputException(InputCode.Network, $"{endpoint.Name} answers {(int)status} for {name}: try again later"),
        };

        static string Token(bool wasAsked) => wasAsked ? "" : ", and set HF_TOKEN";
        static InputException NoAccess(string line) => new(InputCode.NoAccess, line);
        static InputException NotFound(string line) => new(InputCode.NotFound, line);
    }

    /// <summary>What a status that may pass says.</summary>
    public static string Passing(HttpStatusCode status) => status switch
    {
        HttpStatusCode.TooManyRequests => "is asked too often (429)",
        _ => $"answers {(int)status}",
    };
}
