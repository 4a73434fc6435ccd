namespace SuiviCourrier.Host;

/// <summary>What a browser may do with our pages: nothing that does not come from us, no inline script, no inline style.</summary>
internal static class SecurityHeaders
{
    public static IServiceCollection AddStrictHeaders(this IServiceCollection services)
    {
        var pages = Common()
            .AddFrameOptionsDeny()
            .AddContentSecurityPolicy(policy =>
            {
                policy.AddDefaultSrc().Self();
                policy.AddImgSrc().Self().Data();
                policy.AddObjectSrc().None();
                policy.AddBaseUri().Self();
                policy.AddFrameAncestors().None();
                policy.AddFormAction().Self();
            });

        // What becomes of a courrier: the address is a secret, no other page is told where a person comes from.
        var suivi = Common()
            .AddReferrerPolicyNoReferrer()
            .AddFrameOptionsDeny()
            .AddContentSecurityPolicy(policy =>
            {
                policy.AddDefaultSrc().Self();
                policy.AddImgSrc().Self().Data();
                policy.AddObjectSrc().None();
                policy.AddBaseUri().Self();
                policy.AddFrameAncestors().None();
                policy.AddFormAction().Self();
            });

        // While a letter is registered, the scan just chosen is shown beside the form: from the browser's own memory, nothing else is framed.
        var saisie = Common()
            .AddFrameOptionsDeny()
            .AddContentSecurityPolicy(policy =>
            {
                policy.AddDefaultSrc().Self();
                policy.AddImgSrc().Self().Data().Blob();
                policy.AddFrameSrc().Blob();
                policy.AddObjectSrc().None();
                policy.AddBaseUri().Self();
                policy.AddFrameAncestors().None();
                policy.AddFormAction().Self();
            });

        // A message written in HTML, in our harmless copy: it fetches nothing, and is nobody when it is opened outside its frame.
        var courriel = Common()
            .AddFrameOptionsSameOrigin()
            .AddContentSecurityPolicy(policy =>
            {
                policy.AddDefaultSrc().None();
                policy.AddImgSrc().Data();
                policy.AddStyleSrc().Self();
                policy.AddBaseUri().None();
                policy.AddFrameAncestors().Self();
                policy.AddFormAction().None();
                policy.AddSandbox();
            });

        // An original document is shown beside its courrier, in a frame of ours; whatever it holds, it runs nothing and calls nobody.
        var documents = Common()
            .AddFrameOptionsSameOrigin()
            .AddContentSecurityPolicy(policy =>
            {
                policy.AddDefaultSrc().None();
                policy.AddImgSrc().Self().Data();
                policy.AddStyleSrc().UnsafeInline();
                policy.AddObjectSrc().Self();
                policy.AddBaseUri().None();
                policy.AddFrameAncestors().Self();
                policy.AddFormAction().None();
            });

        // The scheduler's dashboard is not ours: it writes its styles and scripts inline. Administrators only, read-only.
        var dashboard = Common()
            .AddFrameOptionsDeny()
            .AddContentSecurityPolicy(policy =>
            {
                policy.AddDefaultSrc().Self();
                policy.AddImgSrc().Self().Data();
                policy.AddStyleSrc().Self().UnsafeInline();
                policy.AddScriptSrc().Self().UnsafeInline();
                policy.AddObjectSrc().None();
                policy.AddBaseUri().Self();
                policy.AddFrameAncestors().None();
                policy.AddFormAction().Self();
            });

        services.AddSecurityHeaderPolicies()
            .SetDefaultPolicy(pages)
            .SetPolicySelector(context =>
                IsCourriel(context.HttpContext.Request.Path) ? courriel
                : context.HttpContext.Request.Path.StartsWithSegments("/fichiers", StringComparison.Ordinal) ? documents
                : context.HttpContext.Request.Path == "/enregistrer" ? saisie
                : context.HttpContext.Request.Path.StartsWithSegments("/suivi", StringComparison.OrdinalIgnoreCase) ? suivi
                : IsDashboard(context.HttpContext.Request) ? dashboard
                : pages);
        return services;
    }

    /// <summary>While the dashboard answers, its own prefix has moved from the path to the base.</summary>
    private static bool IsDashboard(HttpRequest request) =>
        request.Path.StartsWithSegments("/hangfire", StringComparison.Ordinal) || request.PathBase.Value?.EndsWith("/hangfire", StringComparison.Ordinal) == true;

    private static bool IsCourriel(PathString path) =>
        path.StartsWithSegments("/fichiers", StringComparison.Ordinal, out var rest) && rest.Value?.EndsWith("/page", StringComparison.Ordinal) == true;

    private static HeaderPolicyCollection Common() =>
        new HeaderPolicyCollection()
            .AddContentTypeOptionsNoSniff()
            .AddReferrerPolicySameOrigin()
            .AddCrossOriginOpenerPolicy(policy => policy.SameOrigin())
            .AddCustomHeader("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
            .AddCustomHeader("X-Robots-Tag", "noindex, nofollow")
            .RemoveServerHeader();
}
