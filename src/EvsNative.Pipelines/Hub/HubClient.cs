using System.Net;
using System.Net.Http.Headers;
using EvsNative.Layers;
using EvsNative.Models;

namespace EvsNative.Pipelines.Hub;

/// <summary>
/// Asks a hub, politely and patiently: what may pass is asked again after growing pauses, silence is not waited for without end, redirects
/// are followed by hand. The token goes to the hub itself and to nobody that it redirects to.
/// </summary>
internal sealed class HubClient : IDisposable
{
    private const int MostRedirects = 10, HeaderKilobytes = 64;

    private readonly HubEndpoint _endpoint;
    private readonly string? _token;
    private readonly HubTimes _times;
    private readonly HttpClient _http;
    private bool _hasAnswered;

    /// <summary>A client of one hub.</summary>
    /// <param name="endpoint">the hub</param>
    /// <param name="token">the user's token; not used where others could read it on the way</param>
    /// <param name="times">how long to wait</param>
    public HubClient(HubEndpoint endpoint, string? token, HubTimes times)
    {
        (_endpoint, _token, _times) = (endpoint, endpoint.IsPrivate ? token : null, times);
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            UseProxy = !endpoint.Address.IsLoopback,
            ConnectTimeout = times.Connect,
            MaxResponseHeadersLength = HeaderKilobytes,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        string version = typeof(HubClient).Assembly.GetName().Version?.ToString(3) ?? "0";
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("evsnative", version));
        _http.DefaultRequestHeaders.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity"));
    }

    /// <summary>Told when the client waits, and why.</summary>
    public Action<string>? Waiting { get; init; }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    /// <summary>What the hub says of a repository.</summary>
    /// <exception cref="InputException">there is none, it is not for this user, or the server does not answer as hubs do</exception>
    public Task<HubListing> List(HubName name, CancellationToken stop) => Persist(
        async () =>
        {
            using var answer = await Ask(HttpMethod.Get, _endpoint.Listing(name), name with { File = null }, 0, stop);
            using var body = await answer.Open(stop);
            byte[] buffer = new byte[1 << 16];
            using var all = new MemoryStream();
            for (int read; (read = await Read(body, buffer, stop)) > 0;)
            {
                all.Write(buffer, 0, read);
                if (all.Length <= InputLimits.JsonBytes) continue;
                throw new InputException(
                    InputCode.TooLarge,
                    $"{_endpoint.Name}: {name.Repository} has a list of files over {InputLimits.JsonBytes} bytes: check --endpoint");
            }

            return HubListing.Parse(all.ToArray(), $"{_endpoint.Name}: {name.Repository}");
        },
        () => 0, stop);

    /// <summary>A file with the size and tag that its list did not tell.</summary>
    /// <exception cref="InputException">nobody tells them</exception>
    public Task<HubFile> Complete(HubFile file, HubName name, string commit, CancellationToken stop) => Persist(
        async () =>
        {
            var of = name with { File = file.Path };
            using var answer = await Ask(HttpMethod.Head, _endpoint.File(name, commit, file.Path), of, 0, stop);
            string tag = file.Tag ?? answer.LinkedTag ?? answer.Tag ?? throw new InputException(
                InputCode.Network, $"{_endpoint.Name} tells neither a hash nor a version (ETag) of {of}: check --endpoint");
            return (file with { Bytes = file.Bytes ?? answer.LinkedSize ?? answer.Length }).With(tag);
        },
        () => 0, stop);

    /// <summary>Asks for a file's bytes from a place on. The answer may be of the whole all the same.</summary>
    /// <exception cref="HubTrouble">the server did not answer this time</exception>
    public Task<HubAnswer> Get(HubName name, string commit, HubFile file, long from, CancellationToken stop) =>
        Ask(HttpMethod.Get, _endpoint.File(name, commit, file.Path), name with { File = file.Path }, from, stop);

    /// <summary>Reads what has come of a body, and waits for something to come; 0 at its end.</summary>
    /// <exception cref="HubTrouble">nothing came for too long, or the connection broke</exception>
    public async Task<int> Read(Stream body, Memory<byte> buffer, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(_times.Stall);
        try
        {
            return await body.ReadAsync(buffer, limit.Token);
        }
        catch (OperationCanceledException e) when (!stop.IsCancellationRequested)
        {
            throw new HubTrouble($"sends nothing for {_times.Stall.TotalSeconds:0.#} s", cause: e);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw new HubTrouble("breaks the connection off", cause: e);
        }
        catch (InvalidDataException e)
        {
            throw new HubTrouble("sends damaged gzip", cause: e);
        }
    }

    /// <summary>Does something again and again as long as what hinders it may pass, or it makes progress.</summary>
    /// <param name="attempt">a try</param>
    /// <param name="bytes">bytes that are there so far</param>
    /// <param name="stop">asks to stop</param>
    /// <exception cref="InputException">it did not pass</exception>
    public async Task<T> Persist<T>(Func<Task<T>> attempt, Func<long> bytes, CancellationToken stop)
    {
        long mark = bytes();
        for (int tries = 1; ; tries++)
        {
            try
            {
                return await attempt();
            }
            catch (HubTrouble trouble)
            {
                long now = bytes();
                if (now - mark >= _times.Progress) tries = 1;
                mark = now;
                if (tries >= (_hasAnswered ? _times.Tries : _times.FirstTries))
                {
                    string advice = _hasAnswered ? "try again later" : "check the network and the address";
                    throw new InputException(InputCode.Network, $"{_endpoint.Name} {trouble.Message}: {advice}", cause: trouble);
                }

                var pause = trouble.Wait is { } wait && wait > TimeSpan.Zero ? wait : _times.Pause * Math.Pow(2, tries - 1);
                if (pause > _times.LongestPause) pause = _times.LongestPause;
                Waiting?.Invoke($"{_endpoint.Name} {trouble.Message}: once more in {pause.TotalSeconds:0} s");
                await Task.Delay(pause, stop);
            }
        }
    }

    private async Task<HubAnswer> Ask(HttpMethod method, Uri address, HubName name, long from, CancellationToken stop)
    {
        var answer = await Follow(method, address, from, stop);
        _hasAnswered = true;
        bool isContent = answer.Status is HttpStatusCode.OK or HttpStatusCode.PartialContent;
        if (isContent || (from > 0 && answer.Status == HttpStatusCode.RequestedRangeNotSatisfiable)) return answer;
        using (answer)
        {
            if (HubFaults.MayPass(answer.Status)) throw new HubTrouble(HubFaults.Passing(answer.Status), answer.RetryAfter);
            throw HubFaults.Of(answer.Status, answer.ErrorWord, name, _endpoint, _token is not null);
        }
    }

    private async Task<HubAnswer> Follow(HttpMethod method, Uri address, long from, CancellationToken stop)
    {
        string? linkedTag = null;
        long? linkedSize = null;
        for (int i = 0; i <= MostRedirects; i++)
        {
            var response = await Send(method, address, from, stop);
            if (_endpoint.IsOwn(address))
            {
                linkedTag ??= Header(response, "X-Linked-Etag") is { } tag ? HubAnswer.Plain(tag) : null;
                if (long.TryParse(Header(response, "X-Linked-Size"), out long size) && size >= 0) linkedSize ??= size;
            }

            if ((int)response.StatusCode is not (301 or 302 or 303 or 307 or 308)) return new HubAnswer(response, linkedTag, linkedSize);
            using (response) address = Target(address, response);
        }

        throw new InputException(InputCode.Network, $"{_endpoint.Name} redirects more than {MostRedirects} times: check --endpoint");
    }

    private static Uri Target(Uri from, HttpResponseMessage response)
    {
        if (response.Headers.Location is not { } location) throw Leads("redirects to nowhere");
        var target = new Uri(from, location);
        bool isWeb = target.Scheme == Uri.UriSchemeHttps || target.Scheme == Uri.UriSchemeHttp;
        if (!isWeb) throw Leads($"redirects to {InputText.Quote(target.OriginalString)}, which is no address of the web");
        return from.Scheme == Uri.UriSchemeHttps && target.Scheme == Uri.UriSchemeHttp
            ? throw Leads($"redirects to {target.Authority} without encryption")
            : target;

        InputException Leads(string what) => new(InputCode.Network, $"{from.Authority} {what}: check --endpoint");
    }

    private async Task<HttpResponseMessage> Send(HttpMethod method, Uri address, long from, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(method, address);
        if (_token is not null && _endpoint.IsOwn(address)) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _token);
        if (from > 0) request.Headers.Range = new RangeHeaderValue(from, null);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(_times.Answer);
        try
        {
            return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
        }
        catch (OperationCanceledException e) when (!stop.IsCancellationRequested)
        {
            throw new HubTrouble("does not answer", cause: e);
        }
        catch (HttpRequestException e)
        {
            throw Failure(e, address);
        }
    }

    private static Exception Failure(HttpRequestException e, Uri address) => e.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => new HubTrouble("cannot be found", cause: e),
        HttpRequestError.SecureConnectionError => new InputException(
            InputCode.Network,
            $"{address.Authority}: no encrypted connection that can be trusted: check this machine's clock and certificates", cause: e),
        HttpRequestError.ConnectionError => new HubTrouble("cannot be reached", cause: e),
        HttpRequestError.ProxyTunnelError => new HubTrouble("cannot be reached through the proxy (HTTPS_PROXY)", cause: e),
        HttpRequestError.InvalidResponse or HttpRequestError.ConfigurationLimitExceeded =>
            new HubTrouble("does not answer as web servers do", cause: e),
        _ => new HubTrouble("breaks the connection off", cause: e),
    };

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;
}
