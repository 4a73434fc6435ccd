using System.Linq.Expressions;

namespace SuiviCourrier.Presentation.Rights;

/// <summary>What decides who may see a row.</summary>
public interface IVisibleRow
{
    /// <summary>Service in charge; null while nobody is.</summary>
    string? ServiceInstructeurCode { get; }

    /// <summary>Restricted: its service only.</summary>
    bool IsRestreint { get; }
}

/// <summary>The one place that says who sees what: every list and every page of a courrier starts from here.</summary>
public static class VisibleRows
{
    /// <summary>
    /// Supervisors, administrators and the mail room see everything that is not restricted; agents and heads of service what
    /// their services are in charge of. A restricted row is seen by its service and by supervisors only. A program sees what an agent of
    /// the services of its key sees; with a key for every service, what the mail room sees.
    /// </summary>
    public static IQueryable<T> Visible<T>(this IQueryable<T> rows, Agent agent)
        where T : class, IVisibleRow
    {
        var perimetre = agent.Perimetre.ToArray();
        Expression<Func<T, bool>> inPerimetre = r => r.ServiceInstructeurCode != null && perimetre.Contains(r.ServiceInstructeurCode);
        return agent.Role switch
        {
            RoleAgent.Superviseur => rows,
            RoleAgent.Administrateur or RoleAgent.BureauOrdre => rows.Where(r =>
                !r.IsRestreint || (r.ServiceInstructeurCode != null && perimetre.Contains(r.ServiceInstructeurCode))),
            RoleAgent.Programme when perimetre.Length == 0 => rows.Where(r => !r.IsRestreint),
            RoleAgent.Agent or RoleAgent.ChefService or RoleAgent.Programme => rows.Where(inPerimetre),
        };
    }
}
