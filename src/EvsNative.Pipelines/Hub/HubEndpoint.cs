using EvsNative.Layers;
using EvsNative.Models;

namespace EvsNative.Pipelines.Hub;

/// <summary>The address of a hub, and the addresses of what is asked of it. Source: the hub's page "Hub API endpoints".</summary>
internal sealed class HubEndpoint
{
    private HubEndpoint(Uri address) => Address = address;

    /// <summary>The address, without a slash at its end.</summary>
    public Uri Address { get; }

    /// <summary>Its name in messages.</summary>
    public string Name => Address.Authority;

    /// <summary>
    /// Whether a token may be sent there: others could read it on the way if the connection is not encrypted, unless there is no way.
    /// </summary>
    public bool IsPrivate => Address.Scheme == Uri.UriSchemeHttps || Address.IsLoopback;

    /// <summary>The one that was said, else HF_ENDPOINT's, else the public hub.</summary>
    /// <exception cref="InputException">it is no address of a server</exception>
    public static HubEndpoint Of(string? said, Func<string, string?>? variable = null)
    {
        string? named = (variable ?? Environment.GetEnvironmentVariable)("HF_ENDPOINT");
        var (text, origin) = said is not null ? (said, "--endpoint")
            : !string.IsNullOrWhiteSpace(named) ? (named, "HF_ENDPOINT")
            : (HubName.Home, "");
        bool isServer = Uri.TryCreate(text.TrimEnd('/'), UriKind.Absolute, out var address)
            && (address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp)
            && address.UserInfo.Length == 0 && address.Query.Length == 0 && address.Fragment.Length == 0;
        return isServer
            ? new HubEndpoint(address!)
            : throw new InputException(
                InputCode.UnknownWord, $"{origin} {InputText.Quote(text)}: not an address of a server, such as {HubName.Home}");
    }

    /// <summary>Where the list of a repository's files is.</summary>
    public Uri Listing(HubName name) =>
        At($"api/models/{name.Repository}/revision/{Uri.EscapeDataString(name.Revision ?? HubName.MainBranch)}?blobs=true");

    /// <summary>Where a file is.</summary>
    /// <param name="name">the repository</param>
    /// <param name="commit">the commit</param>
    /// <param name="file">the file's path in it</param>
    public Uri File(HubName name, string commit, string file) =>
        At($"{name.Repository}/resolve/{commit}/{string.Join('/', file.Split('/').Select(Uri.EscapeDataString))}");

    /// <summary>A repository's page.</summary>
    public Uri Page(HubName name) => At(name.Repository);

    /// <summary>Whether an address is of this very server.</summary>
    public bool IsOwn(Uri other) =>
        other.Scheme == Address.Scheme && other.Port == Address.Port
        && other.IdnHost.Equals(Address.IdnHost, StringComparison.OrdinalIgnoreCase);

    private Uri At(string path) => new($"{Address.AbsoluteUri.TrimEnd('/')}/{path}");
}
